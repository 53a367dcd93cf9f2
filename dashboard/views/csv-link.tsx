import { useState } from 'preact/hooks'
import type { Question } from '../../schema/query.ts'
import { csvAddress, type CsvFile, type Failure } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { sentenceOf } from './notice.tsx'

export interface CsvLinkProps {
  question: Question
  title: string
}

/** The answer to a question as a file: the server answers the same question as CSV. */
export function CsvLink({ question, title }: CsvLinkProps) {
  const { text, view } = useSurroundings()
  if (view.share !== undefined) return <CsvOfShare question={question} title={title} />
  return (
    <a
      class="button button-quiet"
      href={csvAddress(question)}
      download
      aria-label={fill(text.csvOf, { title })}
    >
      {text.csv}
    </a>
  )
}

/** A download is a request of the browser's own, which holds no share link: the page asks, and hands the file on. */
function CsvOfShare({ question, title }: CsvLinkProps) {
  const { api, text, signedOut } = useSurroundings()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function fetchFile() {
    setBusy(true)
    setFailure(undefined)
    const reply = await api.csv(question)
    setBusy(false)
    if (reply.ok) save(reply.value)
    else if (reply.failure.kind === 'signed-out') signedOut()
    else setFailure(reply.failure)
  }

  return (
    <>
      <button
        type="button"
        class="button button-quiet"
        aria-label={fill(text.csvOf, { title })}
        aria-busy={isBusy}
        disabled={isBusy}
        onClick={() => void fetchFile()}
      >
        {text.csv}
      </button>
      {failure && (
        <p class="fault" role="alert">
          {sentenceOf(failure, text)}
        </p>
      )}
    </>
  )
}

function save({ name, content }: CsvFile): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has taken the file over when the click is done.
  setTimeout(() => URL.revokeObjectURL(link.href))
}
