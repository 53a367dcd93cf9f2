import { useCallback, useState } from 'preact/hooks'
import type { Filter } from '../../../schema/query.ts'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { useCondition } from '../../views/filters.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import { Adding } from '../adding.tsx'
import { useLoaded, useSettings } from '../context.ts'
import { Facts } from '../facts.tsx'
import type { SitePageProps } from '../page.ts'
import { Secret } from '../secret.tsx'
import { MakeLink, type MadeLink } from './make-link.tsx'
import { SHARING_TEXT } from './text.ts'

/** Times are ISO 8601. */
interface ShareLink {
  id: string
  name: string
  hasPassword: boolean
  filters: Filter[]
  embed: string[]
  created: string
  /** UTC day. */
  lastOpened: string | null
  expires: string | null
  revoked: string | null
}

/** The share links of a site: made and revoked by owners, seen by auditors. */
export function Sharing({ site, may }: SitePageProps) {
  const { api, text, announce } = useSurroundings()
  const { words: common } = useSettings()
  const words = wordsIn(SHARING_TEXT)
  const address = `api/share-links?site=${encodeURIComponent(site)}`
  const ask = useCallback(() => api.send<{ links: ShareLink[] }>('GET', address), [api, address])
  const { value, failure, again } = useLoaded(ask)
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<MadeLink>()
  const mayChange = may('shares.write')
  const now = new Date().toISOString()
  const isOpen = ({ revoked, expires }: ShareLink) => revoked === null && (expires === null || expires > now)
  const links = value?.links ?? []
  const ended = links.filter((link) => !isOpen(link))

  function done(one: MadeLink) {
    setMaking(false)
    setMade(one)
    announce(common.done)
    again()
  }

  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      {made && <Made made={made} done={() => setMade(undefined)} />}
      {mayChange && (
        <Adding title={words.make} isOpen={isMaking} open={() => setMaking(true)}>
          <MakeLink site={site} done={done} cancel={() => setMaking(false)} />
        </Adding>
      )}
      {failure && <FailureNotice failure={failure} again={again} />}
      {!value && !failure && <p class="waiting">{text.loading}</p>}
      {value && links.length === ended.length && <p>{words.none}</p>}
      <ul class="settings-cards">
        {links.filter(isOpen).map((link) => (
          <li key={link.id} class="card settings-card">
            <LinkCard link={link} site={site} mayRevoke={mayChange} again={again} />
          </li>
        ))}
      </ul>
      {ended.length > 0 && (
        <details class="settings-more">
          <summary>{words.ended}</summary>
          <ul class="settings-cards">
            {ended.map((link) => (
              <li key={link.id} class="card settings-card">
                <LinkCard link={link} site={site} mayRevoke={false} again={again} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Made({ made, done }: { made: MadeLink; done: () => void }) {
  const words = wordsIn(SHARING_TEXT)
  const frame = `<iframe src="${made.link}" width="100%" height="800" title="${made.name.replace(/["&<]/g, '')}"></iframe>`
  return (
    <>
      <Secret label={words.link} value={made.link} hint={words.linkHint} done={done} />
      {made.isFramed && <Secret label={words.frame} value={frame} hint={words.frame} done={done} />}
    </>
  )
}

interface LinkCardProps {
  link: ShareLink
  site: string
  mayRevoke: boolean
  again: () => void
}

function LinkCard({ link, site, mayRevoke, again }: LinkCardProps) {
  const { api, announce } = useSurroundings()
  const { words: common, day } = useSettings()
  const words = wordsIn(SHARING_TEXT)
  const describe = useCondition()
  const [isRevoking, setRevoking] = useState(false)
  const { id, name } = link
  return (
    <>
      <h2 class="settings-name">
        <bdi>{name}</bdi> <code>{id}</code>
      </h2>
      <Facts
        facts={[
          [words.created, day(link.created)],
          [words.lastOpened, day(link.lastOpened)],
          [words.hasPassword, link.hasPassword ? common.yes : common.no],
          [words.expires, day(link.expires)],
          [words.revoked, link.revoked === null ? undefined : day(link.revoked)],
          [words.narrowed, link.filters.map(describe).join(', ') || undefined],
          [words.framedBy, link.embed.join(', ') || undefined],
        ]}
      />
      {isRevoking && (
        <Entrance
          submit={fill(words.revokeOne, { name })}
          send={() => api.send('DELETE', `api/share-links/${id}`, { site })}
          done={() => {
            setRevoking(false)
            announce(common.done)
            again()
          }}
          cancel={() => setRevoking(false)}
        >
          <p>{words.revokeHow}</p>
        </Entrance>
      )}
      {mayRevoke && !isRevoking && (
        <p class="settings-actions">
          <button type="button" class="button" onClick={() => setRevoking(true)}>
            {words.revoke}
            <span class="unseen"> {name}</span>
          </button>
        </p>
      )}
    </>
  )
}
