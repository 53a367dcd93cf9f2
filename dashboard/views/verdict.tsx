export type Judged = 'good' | 'middling' | 'poor'

const SIGNS = { good: '✓', middling: '△', poor: '✕' } as const

/** Good or not, by a sign and a word; colour only goes along. */
export function Verdict({ judged, word }: { judged: Judged; word: string }) {
  return (
    <span class={`verdict verdict-${judged}`}>
      <span aria-hidden="true">{SIGNS[judged]}</span> <span class="verdict-word">{word}</span>
    </span>
  )
}
