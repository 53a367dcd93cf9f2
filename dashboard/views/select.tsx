export interface SelectProps<T extends string> {
  label: string
  value: T
  options: readonly (readonly [value: T, text: string])[]
  change: (value: T) => void
  class?: string
}

/** The system's own list with our frame: it works with every keyboard, thumb and screen reader there is. */
export function Select<T extends string>({
  label,
  value,
  options,
  change,
  class: className = '',
}: SelectProps<T>) {
  return (
    <span class={`select ${className}`}>
      <select aria-label={label} value={value} onChange={(event) => change(event.currentTarget.value as T)}>
        {options.map(([option, name]) => (
          <option key={option} value={option} selected={option === value}>
            {name}
          </option>
        ))}
      </select>
    </span>
  )
}
