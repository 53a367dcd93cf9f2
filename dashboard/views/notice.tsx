import type { ComponentChildren } from 'preact'
import type { Failure } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill, type Text } from '../text/text.ts'

export interface NoticeProps {
  title: string
  sentence: string
  children?: ComponentChildren
}

/** What stands where numbers would: why there are none, and what to do. */
export function Notice({ title, sentence, children }: NoticeProps) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      <p>{sentence}</p>
      {children}
    </div>
  )
}

export function FailureNotice({ failure, again }: { failure: Failure; again: () => void }) {
  const { text } = useSurroundings()
  return (
    <div class="notice notice-failure" role="alert">
      <p class="notice-title">{text.failure.title}</p>
      <p>{sentenceOf(failure, text)}</p>
      <button type="button" class="button" onClick={again}>
        {text.failure.again}
      </button>
    </div>
  )
}

/** Why there is no answer, and what to do. */
export function sentenceOf(failure: Failure, text: Text): string {
  if (failure.kind === 'unreachable') return text.failure.unreachable
  if (failure.kind === 'busy') return text.failure.busy
  if (failure.kind === 'signed-out') return text.signedOut
  return failure.message ?? fill(text.failure.refused, { status: String(failure.status) })
}
