import type { SiteEntry } from '../api.ts'
import type { Grants } from './api.ts'
import { useSettings } from './context.ts'

/** Which sites somebody may see: all there are and will be, or those that are ticked. */
export function GrantsField({
  sites,
  grants,
  change,
}: {
  sites: SiteEntry[]
  grants: Grants
  change: (grants: Grants) => void
}) {
  const { words } = useSettings()
  const chosen = grants === 'all' ? [] : grants
  return (
    <fieldset class="ticks">
      <legend>{words.people.sites}</legend>
      <label>
        <input
          type="checkbox"
          checked={grants === 'all'}
          onChange={(event) => change(event.currentTarget.checked ? 'all' : [])}
        />
        {words.allSites}
      </label>
      {grants !== 'all' &&
        sites.map(({ domain }) => (
          <label key={domain}>
            <input
              type="checkbox"
              checked={chosen.includes(domain)}
              onChange={(event) =>
                change(
                  event.currentTarget.checked ? [...chosen, domain] : chosen.filter((one) => one !== domain),
                )
              }
            />
            {domain}
          </label>
        ))}
    </fieldset>
  )
}
