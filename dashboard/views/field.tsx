import { useId } from 'preact/hooks'
import { useSurroundings } from '../context.ts'

export interface FieldProps {
  label: string
  value: string
  /** Absent: it is shown and cannot be changed. */
  change?: ((value: string) => void) | undefined
  type?: 'email' | 'password' | 'text' | 'date'
  /** What a password manager should fill in. */
  autocomplete: 'username' | 'current-password' | 'new-password' | 'one-time-code' | 'off'
  hint?: string
  minLength?: number
  /** It may be left empty. */
  isOptional?: boolean
  /** Digits only: a phone shows those keys. */
  isNumeric?: boolean
}

/** A labelled line to type in. */
export function Field(props: FieldProps) {
  const {
    label,
    value,
    change,
    type = 'text',
    autocomplete,
    hint,
    minLength,
    isOptional = false,
    isNumeric = false,
  } = props
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...(autocomplete !== 'off' && { name: autocomplete })}
        type={type}
        value={value}
        readOnly={!change}
        required={!isOptional}
        {...(minLength !== undefined && { minLength })}
        autocomplete={autocomplete}
        autocapitalize="off"
        spellcheck={false}
        inputMode={isNumeric ? 'numeric' : undefined}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => change?.(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} class="quiet">
          {hint}
        </p>
      )}
    </div>
  )
}

/** Asks for a code of the authenticator, or a recovery code in its place. */
export function CodeField({ value, change }: Pick<FieldProps, 'value' | 'change'>) {
  const { signIn } = useSurroundings().text
  return (
    <Field
      label={signIn.code}
      value={value}
      change={change}
      autocomplete="one-time-code"
      hint={signIn.codeHint}
    />
  )
}
