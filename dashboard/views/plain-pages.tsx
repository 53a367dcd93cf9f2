/** Pages without numbers: they say what is missing and what to do. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useSurroundings } from '../context.ts'

/** A sentence with a command in it, set in the type of a terminal. */
export function WithCommand({ sentence, command }: { sentence: string; command: string }) {
  const [before, after] = sentence.split('{command}')
  return (
    <p>
      {before}
      <code>{command}</code>
      {after}
    </p>
  )
}

export function PlainPage({ title, children }: { title: string; children: ComponentChildren }) {
  const { text } = useSurroundings()
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title, text])
  return (
    <section class="card plain-card">
      <h1>{title}</h1>
      {children}
    </section>
  )
}

export function NoSites() {
  const { text } = useSurroundings()
  return (
    <PlainPage title={text.noSites.title}>
      <p>{text.noSites.how}</p>
      <pre class="command">
        <code>{text.noSites.command}</code>
      </pre>
    </PlainPage>
  )
}
