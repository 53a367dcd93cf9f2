import type { ComponentChildren } from 'preact'

export interface AddingProps {
  /** What is added: on the button, and over the form that comes in its place. */
  title: string
  isOpen: boolean
  open: () => void
  children: ComponentChildren
}

/** A button that gives way to the form for adding something. */
export function Adding({ title, isOpen, open, children }: AddingProps) {
  if (!isOpen) {
    return (
      <button type="button" class="button settings-add" onClick={open}>
        {title}
      </button>
    )
  }
  return (
    <section class="card settings-card" aria-labelledby="adding-title">
      <h2 id="adding-title">{title}</h2>
      {children}
    </section>
  )
}
