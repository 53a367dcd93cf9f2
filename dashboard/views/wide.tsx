import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface WideProps {
  /** What a screen reader calls it where it scrolls. */
  label: string
  class?: string
  children: ComponentChildren
}

/** What may be wider than the screen scrolls in itself, with the keyboard too; only then is it a stop of its own. */
export function Wide({ label, class: className = 'answer-table', children }: WideProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [isWider, setWider] = useState(false)
  useLayoutEffect(() => {
    const measured = frame.current
    if (!measured) return undefined
    const measure = () => setWider(measured.scrollWidth > measured.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(measured)
    if (measured.firstElementChild) observer.observe(measured.firstElementChild)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={frame} class={className} {...(isWider && { role: 'group', 'aria-label': label, tabIndex: 0 })}>
      {children}
    </div>
  )
}
