import { Select, type SelectProps } from '../views/select.tsx'

/** A list to choose from in a form, with its name above it. */
export function Choice<T extends string>({ hint, ...select }: SelectProps<T> & { hint?: string }) {
  return (
    <div class="field">
      {/* The list says its name by itself. */}
      <span class="field-name" aria-hidden="true">
        {select.label}
      </span>
      <Select {...select} />
      {hint !== undefined && <p class="quiet">{hint}</p>}
    </div>
  )
}
