import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { FailureNotice } from './notice.tsx'

export interface OnDemandProps<P extends object> {
  /** An `import()` of the part; the same function with every render. */
  load: () => Promise<ComponentType<P>>
  props: P
}

/** A part of the page that few readers open: its script is fetched when it is first drawn. */
export function OnDemand<P extends object>({ load, props }: OnDemandProps<P>) {
  const { text } = useSurroundings()
  const [part, setPart] = useState<{ View: ComponentType<P> } | 'failed'>()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    let isCurrent = true
    load().then(
      (View) => isCurrent && setPart({ View }),
      () => isCurrent && setPart('failed'),
    )
    return () => {
      isCurrent = false
    }
  }, [load, attempt])

  if (part === 'failed') {
    const again = () => setAttempt((count) => count + 1)
    return <FailureNotice failure={{ kind: 'unreachable' }} again={again} />
  }
  if (part === undefined) {
    return (
      <p class="waiting" role="status" aria-busy="true">
        {text.loading}
      </p>
    )
  }
  return <part.View {...props} />
}
