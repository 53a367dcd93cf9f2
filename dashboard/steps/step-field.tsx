import { useEffect, useId, useState } from 'preact/hooks'
import { useAnswer } from '../answers.ts'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { OTHER } from '../views/breakdown.tsx'
import { isAskable } from '../views/row-links.tsx'
import { Select } from '../views/select.tsx'
import { WRITTEN_KINDS, type WrittenKind, type WrittenStep } from './steps.ts'
import { STEPS_TEXT } from './text.ts'

/** Values offered while the reader types: those that most visitors reached in the period. */
const OFFERED = 100

export interface StepFieldProps {
  site: SiteEntry
  /** From 1. */
  number: number
  step: WrittenStep
  change: (step: WrittenStep) => void
}

/** One step: its kind, and which one; what the site has seen of that kind is offered. */
export function StepField({ site, number, step, change }: StepFieldProps) {
  const words = wordsIn(STEPS_TEXT)
  const n = String(number)
  const kinds = WRITTEN_KINDS.filter((kind) => kind !== 'goal' || site.goals.length > 0)
  return (
    <span class="step-field">
      <Select<WrittenKind>
        label={fill(words.kind, { n })}
        value={step.kind}
        options={kinds.map((kind) => [kind, words.kinds[kind]] as const)}
        change={(kind) => change({ kind, value: '' })}
      />
      {step.kind === 'goal' ? (
        <Select
          label={fill(words.value, { n })}
          class="step-value"
          value={step.value}
          options={[
            ['', words.examples.goal] as const,
            ...site.goals.map(({ name }) => [name, name] as const),
          ]}
          change={(value) => change({ kind: 'goal', value })}
        />
      ) : (
        <StepValue site={site} number={number} kind={step.kind} value={step.value} change={change} />
      )}
    </span>
  )
}

interface StepValueProps extends Omit<StepFieldProps, 'step'> {
  kind: Exclude<WrittenKind, 'goal'>
  value: string
}

/** A line to type in: what is typed counts when it is left or Enter is pressed, and at once what is chosen from those offered. */
function StepValue({ site, number, kind, value, change }: StepValueProps) {
  const { view } = useSurroundings()
  const words = wordsIn(STEPS_TEXT)
  const list = useId()
  const [typed, setTyped] = useState(value)
  const [isNear, setNear] = useState(false)
  useEffect(() => setTyped(value), [value, kind])
  const { period } = view
  const offered = useAnswer(
    isNear
      ? { site: site.domain, period, breakdown: kind, metrics: ['visitors'], limit: OFFERED }
      : undefined,
  )
  const values = (offered.latest?.answer.rows ?? [])
    .map((row) => String(row[kind] ?? ''))
    .filter((one) => one !== '' && one !== OTHER && isAskable(one))

  function commit(next: string) {
    if (next !== value) change({ kind, value: next })
  }

  return (
    <>
      <input
        class="step-value"
        aria-label={fill(words.value, { n: String(number) })}
        placeholder={words.examples[kind]}
        list={list}
        value={typed}
        maxLength={512}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        onFocus={() => setNear(true)}
        onInput={(event) => {
          const next = event.currentTarget.value
          setTyped(next)
          // Chosen from the list. What is typed letter by letter may be on it by chance, as /docs before /docs/**.
          if (isChosen(event) && values.includes(next)) commit(next)
        }}
        onBlur={() => commit(typed.trim())}
        onKeyDown={(event) => event.key === 'Enter' && commit(typed.trim())}
      />
      <datalist id={list}>
        {values.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  )
}

function isChosen(event: Event): boolean {
  return !(event instanceof InputEvent) || event.inputType === 'insertReplacementText'
}
