import { useState } from 'preact/hooks'
import { MINIMUM_GROUP_SCOPES, PRE_CONSENT_MODES } from '../../../schema/site.ts'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Field } from '../../views/field.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import { Choice } from '../choice.tsx'
import { useSettings } from '../context.ts'
import { Facts } from '../facts.tsx'
import { Fresh } from '../fresh.tsx'
import type { SitePageProps } from '../page.ts'
import { siteAddress, useGet } from '../send.ts'
import { weakened, type Changes, type SiteSettingsEntry } from './settings-of.ts'
import { SITE_TEXT } from './text.ts'

/** What a site measures and how. Owners change it; what protects visitors less says so and asks why. */
export function SiteSettings({ site, may }: SitePageProps) {
  const { text } = useSurroundings()
  const { value, failure, again } = useGet<SiteSettingsEntry>(siteAddress(site, 'settings'))
  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return may('settings.write') ? <Form settings={value} again={again} /> : <Shown settings={value} />
}

function Shown({ settings }: { settings: SiteSettingsEntry }) {
  const { words: common, day } = useSettings()
  const words = wordsIn(SITE_TEXT)
  return (
    <section class="card settings-card" aria-label={settings.domain}>
      <p>{words.locked}</p>
      <Facts
        facts={[
          [words.timezone, settings.timezone],
          [words.preConsent, words.modes[settings.preConsent]],
          [words.subdomains, settings.subdomains ? common.yes : common.no],
          [words.eventWindow, String(settings.eventWindowDays)],
          [words.minimumGroup, String(settings.minimumGroup)],
          [words.scope, words.scopes[settings.minimumGroupScope]],
          [words.properties, settings.properties.join(' ') || '–'],
          [words.added, day(settings.added)],
        ]}
      />
    </section>
  )
}

/** The same zone as the server names it, and all that the browser knows. */
function zonesWith(zone: string): (readonly [string, string])[] {
  return [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)
}

function Form({ settings, again }: { settings: SiteSettingsEntry; again: () => void }) {
  const { api, announce } = useSurroundings()
  const { words: common, time } = useSettings()
  const words = wordsIn(SITE_TEXT)
  const [draft, setDraft] = useState<Changes>({})
  const [numbers, setNumbers] = useState<{ window?: string; group?: string }>({})
  const [names, setNames] = useState<string>()
  const [reason, setReason] = useState('')
  const [isSaved, setSaved] = useState(false)
  const changes: Changes = {
    ...draft,
    ...(numbers.window !== undefined && { eventWindowDays: Number(numbers.window) }),
    ...(numbers.group !== undefined && { minimumGroup: Number(numbers.group) }),
    ...(names !== undefined && { properties: names.split(/[\s,]+/).filter((name) => name !== '') }),
  }
  const shown = { ...settings, ...changes }
  const weaker = weakened(settings, changes)

  function reset() {
    setDraft({})
    setNumbers({})
    setNames(undefined)
    setReason('')
  }
  function change(one: Changes) {
    setSaved(false)
    setDraft((before) => ({ ...before, ...one }))
  }

  return (
    <section class="card settings-card" aria-label={settings.domain}>
      <Fresh
        submit={words.save}
        isSpared={weaker.length === 0}
        send={() =>
          api.send('PATCH', siteAddress(settings.domain, 'settings'), {
            ...changes,
            ...(weaker.length > 0 && { reason }),
          })
        }
        done={() => {
          reset()
          setSaved(true)
          announce(words.saved)
          again()
        }}
        cancel={reset}
      >
        <Choice
          label={words.timezone}
          value={draft.timezone ?? settings.nextTimezone?.timezone ?? settings.timezone}
          options={zonesWith(settings.nextTimezone?.timezone ?? settings.timezone)}
          change={(timezone) => change({ timezone })}
          hint={
            settings.nextTimezone
              ? fill(words.next, {
                  time: time(settings.nextTimezone.from),
                  timezone: settings.nextTimezone.timezone,
                })
              : words.timezoneHint
          }
        />
        <Choice
          label={words.preConsent}
          value={shown.preConsent}
          options={PRE_CONSENT_MODES.map((mode) => [mode, words.modes[mode]] as const)}
          change={(preConsent) => change({ preConsent })}
        />
        <Warning of={weaker} name="preConsent" />
        <div class="ticks">
          <label>
            <input
              type="checkbox"
              checked={shown.subdomains}
              onChange={(event) => change({ subdomains: event.currentTarget.checked })}
            />
            {words.subdomains}
          </label>
        </div>
        <Field
          label={words.eventWindow}
          value={numbers.window ?? String(settings.eventWindowDays)}
          change={(window) => setNumbers((before) => ({ ...before, window }))}
          autocomplete="off"
          hint={words.eventWindowHint}
          isNumeric
        />
        <Warning of={weaker} name="eventWindowDays" />
        <Field
          label={words.minimumGroup}
          value={numbers.group ?? String(settings.minimumGroup)}
          change={(group) => setNumbers((before) => ({ ...before, group }))}
          autocomplete="off"
          hint={words.minimumGroupHint}
          isNumeric
        />
        {shown.minimumGroup === 1 && <p class="settings-warning">{words.warnings.one}</p>}
        {shown.minimumGroup !== 1 && <Warning of={weaker} name="minimumGroup" />}
        <Choice
          label={words.scope}
          value={shown.minimumGroupScope}
          options={MINIMUM_GROUP_SCOPES.map((scope) => [scope, words.scopes[scope]] as const)}
          change={(minimumGroupScope) => change({ minimumGroupScope })}
        />
        <Warning of={weaker} name="minimumGroupScope" />
        <Field
          label={words.properties}
          value={names ?? settings.properties.join(' ')}
          change={setNames}
          autocomplete="off"
          hint={words.propertiesHint}
          isOptional
        />
        {weaker.length > 0 && (
          <>
            <p>{words.weaker}</p>
            <Field
              label={common.reason}
              value={reason}
              change={setReason}
              autocomplete="off"
              hint={common.reasonHint}
            />
          </>
        )}
      </Fresh>
      {isSaved && <p role="status">{words.saved}</p>}
    </section>
  )
}

type Weaker = ReturnType<typeof weakened>

function Warning({ of: weaker, name }: { of: Weaker; name: Weaker[number] }) {
  if (!weaker.includes(name)) return null
  return <p class="settings-warning">{wordsIn(SITE_TEXT).warnings[name]}</p>
}
