import type { Filter } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { useCondition } from './filters.tsx'

/** Over the numbers of a share link: that it is one, and what its maker has narrowed it to for good. */
export function SharedNote({ filters }: { filters: readonly Filter[] }) {
  const { text } = useSurroundings()
  const describe = useCondition()
  return (
    <aside class="shared-note" aria-label={text.share.label}>
      <p>
        {text.share.note}
        {filters.length > 0 && (
          <>
            {' '}
            <bdi>{fill(text.share.only, { filters: filters.map(describe).join(', ') })}</bdi>
          </>
        )}
      </p>
    </aside>
  )
}
