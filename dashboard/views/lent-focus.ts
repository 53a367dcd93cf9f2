import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** What had the keyboard's place last, also when it is gone: a button is taken away before the part is there. */
let last: EventTarget | null = null
addEventListener('focusin', ({ target }) => (last = target))

/**
 * Takes the keyboard's place into a part that comes instead of the button that opened it, and gives it back to that
 * button, by its words, when the part goes: it is another element by then. Where there is none any more, what is nearest
 * and can have it gets it. Without this whoever listens would be at the top of the page.
 *
 * @param isLent false: the part is there from the beginning
 */
export function useLentFocus(part: RefObject<HTMLElement>, isLent: boolean): void {
  const [opener] = useState(() => (last instanceof Element ? last.textContent : undefined))
  useLayoutEffect(() => {
    const own = part.current
    if (!isLent || !own) return undefined
    own.querySelector<HTMLElement>('input, select, textarea, button')?.focus()
    const around: HTMLElement[] = []
    for (let one = own.parentElement; one; one = one.parentElement) around.push(one)
    return () => {
      if (!own.contains(document.activeElement)) return
      // Once what comes in its place is there.
      setTimeout(() => {
        if (document.activeElement === document.body) nextTo(around, opener)?.focus()
      })
    }
  }, [])
}

/** The button with these words that is nearest, or what around it can have the keyboard's place. */
function nextTo(around: readonly HTMLElement[], words: string | null | undefined): HTMLElement | undefined {
  const left = around.filter((one) => one.isConnected)
  for (const one of left) {
    const button = [...one.querySelectorAll('button')].find(({ textContent }) => textContent === words)
    if (button) return button
  }
  return left.find((one) => one.hasAttribute('tabindex'))
}
