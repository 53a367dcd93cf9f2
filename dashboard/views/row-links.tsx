import type { AnyDimension } from '../../schema/query.ts'
import { isFiltered, toggleFilter, withoutChosen } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { isForBrowser } from '../navigation.ts'

/** Values that a question may not carry, the server's limits: they are shown, but cannot be asked for. */
const MOST_CHARACTERS = 512
const UNASKABLE = /\p{Cc}|\p{Cs}/u

export function isAskable(value: string): boolean {
  return value.length <= MOST_CHARACTERS && !UNASKABLE.test(value)
}

/** “Only this”, or “this as well”, as the row itself, “not this” beside it; with Alt the row means “not” as well. */
export function RowLinks({ dimension, value }: { dimension: AnyDimension; value: string }) {
  const { text, format, view, go, address } = useSurroundings()
  const name = format.name(dimension, value)
  if (!isAskable(value)) {
    return (
      <bdi class="row-name row-plain" title={name}>
        {name}
      </bdi>
    )
  }
  const isOnly = isFiltered(view.filters, dimension, 'is', value)
  const hasOthers = withoutChosen(view.filters, dimension).length < view.filters.length
  const only = { filters: toggleFilter(view.filters, dimension, 'is', value) }
  const not = { filters: toggleFilter(view.filters, dimension, 'isNot', value) }

  function follow(event: MouseEvent, change: typeof only) {
    if (isForBrowser(event)) return
    event.preventDefault()
    go(event.altKey ? not : change)
  }

  return (
    <>
      <a
        class="row-name"
        href={address(only)}
        title={name}
        aria-current={isOnly ? 'true' : undefined}
        onClick={(event) => follow(event, only)}
      >
        <span class="unseen">
          {isOnly ? text.filter.notOnly : hasOthers ? text.filter.also : text.filter.only}{' '}
        </span>
        <bdi>{name}</bdi>
      </a>
      {!isOnly && (
        <a class="row-not" href={address(not)} onClick={(event) => follow(event, not)}>
          {text.filter.not}
          <span class="unseen">
            {' '}
            <bdi>{name}</bdi>
          </span>
        </a>
      )}
    </>
  )
}
