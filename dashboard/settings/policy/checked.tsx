import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { lineOf, type Lines } from './json-lines.ts'
import { POLICY_TEXT, type PolicyText } from './text.ts'

/** What the server says of a draft; docs/api.md has the shape. What is absent is so where it does not load. */
export interface Checked {
  loads: boolean
  findings: { kind: 'refused' | 'warning'; place: string; sentence: string }[]
  revision?: number
  askedAgain?: (keyof PolicyText['categories'])[]
  changes?: { place: string; before?: unknown; after?: unknown }[]
  languages?: string[]
  /** Address of a page with its banner. */
  preview?: string | null
}

interface FindingsProps {
  checked: Checked
  lines: Lines
  goTo: (line: number) => void
}

/** What speaks against a draft, each with a way to the line that is meant. */
export function Findings({ checked: { findings }, lines, goTo }: FindingsProps) {
  const words = wordsIn(POLICY_TEXT)
  if (findings.length === 0) return <p>{words.none}</p>
  return (
    <section aria-labelledby="findings-title">
      <h3 id="findings-title">{words.findings}</h3>
      <ul class="settings-steps">
        {findings.map(({ kind, place, sentence }) => {
          const line = lineOf(lines, place)
          return (
            <li key={`${place} ${sentence}`}>
              <strong class={kind === 'refused' ? 'settings-refused' : undefined}>{words[kind]}</strong>{' '}
              <button type="button" class="button button-quiet" onClick={() => goTo(line)}>
                {fill(words.line, { line: String(line) })}
              </button>{' '}
              <code>{place}</code> <bdi>{sentence}</bdi>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Longest value of a difference that is shown. */
const MOST_CHARACTERS = 160

/** What differs from the manifest in force, and who is asked again. */
export function Changes({ checked: { changes = [], askedAgain = [] } }: { checked: Checked }) {
  const words = wordsIn(POLICY_TEXT)
  if (changes.length === 0) return <p>{words.same}</p>
  const categories = askedAgain.map((name) => words.categories[name]).join(', ')
  return (
    <section aria-labelledby="changes-title">
      <h3 id="changes-title">{words.changes}</h3>
      <p class={askedAgain.length > 0 ? 'settings-warning' : undefined}>
        {askedAgain.length > 0 ? fill(words.widens, { categories }) : words.narrow}
      </p>
      <ul class="settings-steps">
        {changes.map(({ place, before, after }) => (
          <li key={place}>
            <code>{place}</code>{' '}
            {after === undefined ? (
              words.gone
            ) : (
              <>
                {before === undefined && `${words.added}: `}
                <bdi>{short(after)}</bdi>
              </>
            )}
            {before !== undefined && (
              <span class="quiet">
                {' '}
                ({words.was} <bdi>{short(before)}</bdi>)
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
