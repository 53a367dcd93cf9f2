import { useEffect, useState } from 'preact/hooks'
import type { Failure, SiteEntry } from '../../api.ts'
import { useSurroundings } from '../../context.ts'
import { ownValue, withOwn } from '../../own.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { FailureNotice, sentenceOf } from '../../views/notice.tsx'
import { Choice } from '../choice.tsx'
import { useSettings } from '../context.ts'
import { AUDIT_TEXT } from './text.ts'

interface Row {
  seq: number
  /** ISO 8601. */
  time: string
  actor: string
  action: string
  subject: string | null
  site: string | null
  reason: string | null
  detail: object
}

/** Rows that are asked for at once. */
const PAGE = 50
/** Kinds of actions that somebody looks for; all of them are in docs/api.md. */
const ACTIONS = [
  'sign-in',
  'sign-in.failed',
  'burst.blocked',
  'account.invited',
  'account.changed',
  'account.removed',
  'key.created',
  'key.revoked',
  'share.created',
  'share.revoked',
  'site.changed',
  'policy.published',
  'consent.disclosed',
  'receipt.erased',
  'backup.made',
  'secret.rotated',
]

/** Who did what: paged, filtered by action and site, and verified on demand. */
export function Audit({ sites }: { sites: SiteEntry[] }) {
  const { text, view, go } = useSurroundings()
  const { time } = useSettings()
  const words = wordsIn(AUDIT_TEXT)
  const action = ownValue(view.own, 'action') ?? ''
  const site = ownValue(view.own, 'of') ?? ''
  const { rows, isWhole, failure, more } = useRows(action, site)
  const choose = (change: Record<string, string>) =>
    go({
      own: withOwn(
        view.own,
        Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value || undefined])),
      ),
    })

  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      <Verify />
      <div class="settings-choices">
        <Choice
          label={words.action}
          value={action}
          options={[['', words.all], ...ACTIONS.map((one) => [one, one] as const)]}
          change={(chosen) => choose({ action: chosen })}
        />
        <Choice
          label={words.site}
          value={site}
          options={[['', words.all], ...sites.map(({ domain }) => [domain, domain] as const)]}
          change={(chosen) => choose({ of: chosen })}
        />
      </div>
      {failure && <FailureNotice failure={failure} again={more} />}
      {!rows && !failure && <p class="waiting">{text.loading}</p>}
      {rows?.length === 0 && <p>{words.none}</p>}
      {rows !== undefined && rows.length > 0 && (
        <div class="settings-scroll" tabIndex={0} role="region" aria-label={words.table}>
          <table class="settings-table">
            <thead>
              <tr>
                {[words.time, words.actor, words.action, words.about, words.reason, words.detail].map(
                  (head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.seq}>
                  <th scope="row">{time(row.time)}</th>
                  <td>{row.actor}</td>
                  <td>{row.action}</td>
                  <td>
                    <bdi>{[row.site, row.subject].filter((part) => part !== null).join(' ')}</bdi>
                  </td>
                  <td>
                    <bdi>{row.reason}</bdi>
                  </td>
                  <td>
                    <bdi>{Object.keys(row.detail).length > 0 && JSON.stringify(row.detail)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows !== undefined && !isWhole && (
        <button type="button" class="button" onClick={more}>
          {words.older}
        </button>
      )}
    </>
  )
}

/** Rows so far; `isWhole`: there are no older ones. */
function useRows(action: string, site: string) {
  const { api, signedOut } = useSurroundings()
  const key = `${action} ${site}`
  const [stage, setStage] = useState<{ key: string; rows?: Row[]; isWhole: boolean; failure?: Failure }>({
    key,
    isWhole: false,
  })
  const [asked, setAsked] = useState(0)
  const current = stage.key === key ? stage : { key, isWhole: false }

  useEffect(() => {
    let isCurrent = true
    async function load() {
      const before = current.rows?.at(-1)?.seq
      const parameters = new URLSearchParams({
        limit: String(PAGE),
        ...(before !== undefined && { before: String(before) }),
        ...(action !== '' && { action }),
        ...(site !== '' && { site }),
      })
      const reply = await api.send<{ rows: Row[] }>('GET', `api/audit?${parameters.toString()}`)
      if (!isCurrent) return
      if (reply.ok) {
        const { rows } = reply.value
        setStage({ key, rows: [...(current.rows ?? []), ...rows], isWhole: rows.length < PAGE })
      } else if (reply.failure.kind === 'signed-out') signedOut()
      else setStage({ ...current, failure: reply.failure })
    }
    void load()
    return () => {
      isCurrent = false
    }
    // What is known so far is continued when more is asked for, and not when it has come.
  }, [api, key, asked, signedOut])

  return {
    rows: current.rows,
    isWhole: current.isWhole,
    failure: current.failure,
    more: () => setAsked((count) => count + 1),
  }
}

function Verify() {
  const { api, text } = useSurroundings()
  const words = wordsIn(AUDIT_TEXT)
  const [said, setSaid] = useState<{ sentence: string; faults: string[] }>()
  const [isBusy, setBusy] = useState(false)

  async function verify() {
    setBusy(true)
    const reply = await api.send<{ rows: number; faults: string[] }>('GET', 'api/audit/verify')
    setBusy(false)
    if (!reply.ok) setSaid({ sentence: sentenceOf(reply.failure, text), faults: [] })
    else {
      const { rows, faults } = reply.value
      const sentence = faults.length > 0 ? words.broken : fill(words.whole, { rows: String(rows) })
      setSaid({ sentence, faults })
    }
  }

  return (
    <>
      <button type="button" class="button" aria-busy={isBusy} onClick={() => void verify()}>
        {words.verify}
      </button>
      <div role="status">
        {said && <p class={said.faults.length > 0 ? 'settings-warning' : undefined}>{said.sentence}</p>}
        {said && said.faults.length > 0 && (
          <ul class="settings-steps">
            {said.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
}
