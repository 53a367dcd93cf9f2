/** Pages without numbers: they say what is missing and what to do. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useSurroundings } from '../context.ts'

/** A sentence with a command in it, set in the type of a terminal. */
function WithCommand({ sentence, command }: { sentence: string; command: string }) {
  const [before, after] = sentence.split('{command}')
  return (
    <p>
      {before}
      <code>{command}</code>
      {after}
    </p>
  )
}

function PlainPage({ title, children }: { title: string; children: ComponentChildren }) {
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

export function SignedOut() {
  const { text } = useSurroundings()
  return (
    <PlainPage title={text.signIn.title}>
      <WithCommand sentence={text.signIn.how} command={text.signIn.command} />
      <p class="quiet">{text.signIn.again}</p>
    </PlainPage>
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
