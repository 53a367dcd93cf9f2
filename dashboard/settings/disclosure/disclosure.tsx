import { useEffect, useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Field } from '../../views/field.tsx'
import { Choice } from '../choice.tsx'
import { Deliberate } from '../deliberate.tsx'
import type { SitePageProps } from '../page.ts'
import { DISCLOSURE_TEXT, type DisclosureText } from './text.ts'

type Basis = keyof DisclosureText['bases']
const BASES: readonly Basis[] = ['court_order', 'law_enforcement', 'regulator', 'data_subject']

interface Made {
  from: string
  to: string
  manifest: { rows: number; documents: number }
}

/** What is known of one subject, as a signed file. */
export function Disclosure({ site }: SitePageProps) {
  const { api, announce } = useSurroundings()
  const words = wordsIn(DISCLOSURE_TEXT)
  const [receipt, setReceipt] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [basis, setBasis] = useState<Basis>('data_subject')
  const [made, setMade] = useState<Made>()

  function done(disclosed: Made) {
    setMade(disclosed)
    announce(saidOf(disclosed))
  }
  const saidOf = ({ manifest }: Made) =>
    fill(words.made, { rows: String(manifest.rows), documents: String(manifest.documents) })

  return (
    <section class="card settings-card" aria-label={words.submit}>
      <p>{words.lead}</p>
      {made ? (
        <>
          <p>{saidOf(made)}</p>
          <Download made={made} />
        </>
      ) : (
        <Deliberate
          submit={words.submit}
          send={(reason) =>
            api.send<Made>('POST', 'api/disclosures', { site, receipt, from, to, basis, reason })
          }
          done={done}
          cancel={() => setReceipt('')}
        >
          <Field
            label={words.receipt}
            value={receipt}
            change={setReceipt}
            autocomplete="off"
            hint={words.receiptHint}
          />
          <Field label={words.from} value={from} change={setFrom} autocomplete="off" hint={words.dayHint} />
          <Field label={words.to} value={to} change={setTo} autocomplete="off" hint={words.dayHint} />
          <Choice
            label={words.basis}
            value={basis}
            options={BASES.map((one) => [one, words.bases[one]] as const)}
            change={setBasis}
          />
        </Deliberate>
      )}
    </section>
  )
}

/** It is asked for once, so the file is made of the answer here. */
function Download({ made }: { made: Made }) {
  const words = wordsIn(DISCLOSURE_TEXT)
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(made)], { type: 'application/json' }))
    setAddress(url)
    return () => URL.revokeObjectURL(url)
  }, [made])
  const name = `disclosure-${made.from}-${made.to}.json`
  return (
    <a class="button" href={address} download={name}>
      {fill(words.download, { name })}
    </a>
  )
}
