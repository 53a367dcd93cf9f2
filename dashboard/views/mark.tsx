/** A gate over water: two posts, a bar, a wave. One path in the colour of the text around it; the same as icon.svg. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="24" height="24" aria-hidden="true" focusable="false">
      <path d="M2 1h2v2h8V1h2v9h-2V5H4v5H2zM1 12.2c1.2-1.5 2.3-1.5 3.5 0s2.3 1.5 3.5 0 2.3-1.5 3.5 0 2.3 1.5 3.5 0v1.9c-1.2 1.5-2.3 1.5-3.5 0s-2.3-1.5-3.5 0-2.3 1.5-3.5 0-2.3-1.5-3.5 0z" />
    </svg>
  )
}
