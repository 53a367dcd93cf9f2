import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { StepField } from '../steps/step-field.tsx'
import type { WrittenStep } from '../steps/steps.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { MOST_STEPS } from './questions.ts'
import { GOALS_TEXT } from './text.ts'

export interface FunnelBuilderProps {
  site: SiteEntry
  /** At least two. */
  steps: readonly WrittenStep[]
  change: (steps: readonly WrittenStep[]) => void
}

/** The list of steps: each can be changed, moved and removed, by pointer and by keyboard alike. */
export function FunnelBuilder({ site, steps, change }: FunnelBuilderProps) {
  const { announce } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const list = useRef<HTMLOListElement>(null)
  // Where the focus goes once the steps are drawn anew: it stays with the step that moved.
  const [wanted, setWanted] = useState<{ index: number; selector: string }>()
  useLayoutEffect(() => {
    if (!wanted) return
    const item = list.current?.children[wanted.index]
    const target =
      item?.querySelector<HTMLElement>(`${wanted.selector}:not(:disabled)`) ??
      item?.querySelector<HTMLElement>('button:not(:disabled)')
    target?.focus()
    setWanted(undefined)
  }, [wanted, steps])

  function move(index: number, by: 1 | -1) {
    const next = [...steps]
    const [moved] = next.splice(index, 1)
    if (!moved) return
    next.splice(index + by, 0, moved)
    change(next)
    setWanted({ index: index + by, selector: by < 0 ? '.step-up' : '.step-down' })
    announce(fill(words.moved, { n: String(index + 1), to: String(index + by + 1) }))
  }

  function remove(index: number) {
    change(steps.filter((_, other) => other !== index))
    setWanted({ index: Math.max(0, index - 1), selector: '.step-remove' })
  }

  return (
    <div class="builder">
      <ol ref={list} class="steps" aria-label={words.steps}>
        {steps.map((step, index) => {
          const n = String(index + 1)
          return (
            <li key={index} class="step">
              <span class="step-number" aria-hidden="true">
                {n}
              </span>
              <StepField
                site={site}
                number={index + 1}
                step={step}
                change={(changed) => change(steps.map((one, other) => (other === index ? changed : one)))}
              />
              <span class="step-buttons">
                <StepButton
                  name="up"
                  label={fill(words.up, { n })}
                  isDisabled={index === 0}
                  press={() => move(index, -1)}
                />
                <StepButton
                  name="down"
                  label={fill(words.down, { n })}
                  isDisabled={index === steps.length - 1}
                  press={() => move(index, 1)}
                />
                <StepButton
                  name="remove"
                  label={fill(words.remove, { n })}
                  isDisabled={steps.length <= 2 && step.value === ''}
                  press={() => remove(index)}
                />
              </span>
            </li>
          )
        })}
      </ol>
      <div class="builder-foot">
        <button
          type="button"
          class="button"
          disabled={steps.length >= MOST_STEPS}
          onClick={() => {
            change([...steps, { kind: 'page', value: '' }])
            setWanted({ index: steps.length, selector: 'input' })
          }}
        >
          {words.add}
        </button>
        <button
          type="button"
          class="button button-quiet"
          disabled={steps.every(({ value }) => value === '')}
          onClick={() => change([])}
        >
          {words.clear}
        </button>
      </div>
    </div>
  )
}

const ICONS = { up: 'M2 8l4-4 4 4', down: 'M2 4l4 4 4-4', remove: 'M2 2l8 8M10 2l-8 8' }

interface StepButtonProps {
  name: keyof typeof ICONS
  label: string
  isDisabled: boolean
  press: () => void
}

function StepButton({ name, label, isDisabled, press }: StepButtonProps) {
  return (
    <button
      type="button"
      class={`button button-quiet step-${name}`}
      aria-label={label}
      title={label}
      disabled={isDisabled}
      onClick={press}
    >
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={ICONS[name]} />
      </svg>
    </button>
  )
}
