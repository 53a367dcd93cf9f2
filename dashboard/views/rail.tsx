import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { isFor, VIEW_GROUPS, viewsIn, type PageName, type ViewProps } from '../registry.ts'
import { PageLink } from './page-link.tsx'

/** All views that the reader may open, by group: a rail beside the numbers, and on a narrow screen a list that a button opens. */
export function Rail({ shown, may }: { shown: PageName; may: ViewProps['may'] }) {
  const { text } = useSurroundings()
  const [isOpen, setOpen] = useState(false)
  const frame = useRef<HTMLElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  // Before the reader can do anything else: what they do next may be to leave.
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    const leave = (event: Event) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', leave)
    document.addEventListener('focusin', leave)
    return () => {
      document.removeEventListener('pointerdown', leave)
      document.removeEventListener('focusin', leave)
    }
  }, [isOpen])

  function close() {
    setOpen(false)
    // Only where there is a button is there a list to close; elsewhere the link keeps the focus.
    if (isOpen) button.current?.focus()
  }

  const viewsFor = (group: (typeof VIEW_GROUPS)[number]) => viewsIn(group).filter((name) => isFor(name, may))
  const link = (name: PageName & keyof typeof text.views) => (
    <li key={name}>
      <PageLink class="rail-link" to={{ show: name, own: [] }} isCurrent={shown === name} followed={close}>
        {text.views[name]}
      </PageLink>
    </li>
  )

  return (
    <nav
      ref={frame}
      class="rail"
      aria-label={text.viewGroups.label}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <button
        ref={button}
        type="button"
        class="button rail-open"
        aria-expanded={isOpen}
        aria-controls="views"
        onClick={() => setOpen(!isOpen)}
      >
        <span class="unseen">{text.viewGroups.open} </span>
        {(text.views as Partial<Record<PageName, string>>)[shown]}
      </button>
      <div id="views" class={isOpen ? 'rail-list rail-list-open' : 'rail-list'}>
        {isFor('numbers', may) && <ul>{link('numbers')}</ul>}
        {VIEW_GROUPS.filter((group) => viewsFor(group).length > 0).map((group) => (
          <div key={group} role="group" aria-labelledby={`views-${group}`}>
            <p id={`views-${group}`} class="rail-group">
              {text.viewGroups[group]}
            </p>
            <ul>{viewsFor(group).map(link)}</ul>
          </div>
        ))}
      </div>
    </nav>
  )
}
