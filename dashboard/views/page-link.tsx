import type { ComponentChildren } from 'preact'
import { useSurroundings } from '../context.ts'
import { isForBrowser } from '../navigation.ts'
import type { View } from '../state.ts'

export interface PageLinkProps {
  /** What the link changes of the view. */
  to: Partial<View>
  class?: string
  /** Marks the page that is shown. */
  isCurrent?: boolean
  /** After it was followed here, and not into a new tab. */
  followed?: () => void
  children: ComponentChildren
}

/** A link to another view of the page: followed without loading the page anew, and for the browser a link like any. */
export function PageLink({ to, class: className, isCurrent = false, followed, children }: PageLinkProps) {
  const { go, address } = useSurroundings()
  return (
    <a
      class={className}
      href={address(to)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        if (isForBrowser(event)) return
        event.preventDefault()
        go(to)
        followed?.()
      }}
    >
      {children}
    </a>
  )
}
