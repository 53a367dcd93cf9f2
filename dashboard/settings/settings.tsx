import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { SessionEntry, SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { isForBrowser } from '../navigation.ts'
import { Account } from './account.tsx'
import { createSettingsApi } from './api.ts'
import { SettingsContext, type Settings as SettingsOf } from './context.ts'
import { Keys } from './keys.tsx'
import { People } from './people.tsx'
import { settingsText } from './text/text.ts'

/** How long a second factor counts as fresh, in milliseconds; the server decides, this only spares a question. */
const FRESH_MS = 9 * 60_000

export interface SettingsProps {
  session: SessionEntry
  /** When the server answered it, by its clock, in milliseconds. */
  now: number
  sites: SiteEntry[]
}

/** Accounts and keys: one's own account for everybody, people and keys for those who may see them. */
export function Settings({ session, now, sites }: SettingsProps) {
  const { api, text, view, go, address } = useSurroundings()
  const words = useMemo(() => settingsText(document.documentElement.lang), [])
  const may = (permission: string) => session.may?.includes(permission) ?? false
  const until = Date.parse(session.confirmedUntil ?? '')
  const freshUntil = useRef(Number.isNaN(until) ? 0 : Date.now() + until - now)

  const [passkeys, setPasskeys] = useState(session.passkeys ?? 0)

  const settings = useMemo<SettingsOf>(() => {
    const { lang } = document.documentElement
    const times = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' })
    const days = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeZone: 'UTC' })
    return {
      api: createSettingsApi(api),
      words,
      time: (iso) => (iso === null ? words.never : times.format(new Date(iso))),
      day: (iso) => (iso === null ? words.never : days.format(new Date(iso))),
      passkeys,
      setPasskeys,
      needsCode: () => Date.now() >= freshUntil.current,
      setConfirmed: (isConfirmed) => {
        freshUntil.current = isConfirmed ? Date.now() + FRESH_MS : 0
      },
    }
  }, [api, words, passkeys])

  const parts = [
    ['account', words.account, true],
    ['people', words.people.title, may('accounts.read')],
    ['keys', words.keys.title, may('keys.read')],
  ] as const
  const shown = parts.find(([part, , isAllowed]) => part === view.show && isAllowed)?.[0] ?? 'account'
  const title = parts.find(([part]) => part === shown)?.[1] ?? ''
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title, text])

  const link = (show: typeof view.show, name: ComponentChildren) => (
    <a
      class="button button-quiet"
      href={address({ show })}
      aria-current={show === shown ? 'page' : undefined}
      onClick={(event) => {
        if (isForBrowser(event)) return
        event.preventDefault()
        go({ show })
      }}
    >
      {name}
    </a>
  )

  return (
    <SettingsContext.Provider value={settings}>
      <nav class="settings-nav" aria-label={words.nav}>
        {link('numbers', words.back)}
        {parts.filter(([, , isAllowed]) => isAllowed).map(([part, name]) => link(part, name))}
      </nav>
      <h1>{title}</h1>
      {shown === 'account' && <Account />}
      {shown === 'people' && <People sites={sites} mayChange={may('accounts.write')} />}
      {shown === 'keys' && <Keys sites={sites} mayChange={may('keys.write')} />}
    </SettingsContext.Provider>
  )
}
