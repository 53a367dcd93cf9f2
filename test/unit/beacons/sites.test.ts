import { describe, expect, it } from 'vitest'
import { MAY, OTHER, OWN } from '../accounts/route-table.ts'
import { stage } from '../accounts/stage.ts'

const TARGET = 'https://own.example/spring'

describe('R4.4 mails of one site', () => {
  it('R4.4 a link leads where it was registered to lead for its own site, and mails are counted there', async () => {
    const { all, mails } = await stage()
    const [own, other] = [all.sites.get(OWN), all.sites.get(OTHER)]
    for (const [site, links, sends] of [
      [own, [TARGET], 5],
      [other, [], 7],
    ] as const) {
      await mails.campaigns.put(site.id, { name: 'spring', mode: 'aggregate', links })
      const campaign = await mails.campaigns.get(site.id, 'spring')
      await mails.campaigns.announce(campaign, '2026-11-24', sends)
    }
    const campaign = await mails.campaigns.get(own.id, 'spring')
    const [link] = await mails.campaigns.linkIds(campaign, [TARGET])
    const leads = (siteId: number): Promise<string | undefined> =>
      mails.campaigns.target(siteId, link?.id ?? 0)
    expect([await leads(own.id), await leads(other.id)]).toEqual([TARGET, undefined])
    const counted = await Promise.all(
      [own, other].map(async ({ id }) => mails.campaigns.sends(id, '2026-11-30')),
    )
    expect(counted).toEqual([
      [{ campaign: 'spring', day: '2026-11-24', sends: 5 }],
      [{ campaign: 'spring', day: '2026-11-24', sends: 7 }],
    ])
  })

  it('R4.4 a file of consents is taken from those who may keep them, for their own site', async () => {
    const { all, url, headers } = await stage()
    for (const [who, header] of Object.entries(headers)) {
      const may = MAY['mails.write']?.includes(who) === true
      const isNobody = /^(stranger$|a )|^an /.test(who)
      for (const site of [OWN, OTHER]) {
        const isTheirs = site === OWN || ['owner', 'consent_officer'].includes(who)
        const { status } = await fetch(`${url}/api/email-consents?site=${site}`, {
          method: 'POST',
          headers: { ...header, 'content-type': 'text/csv' },
          body: 'email,purposes,copy,method\nada@lovelace.example,email_open,May we?,form\n',
        })
        const right = isNobody ? 401 : !may ? 403 : isTheirs ? 201 : who.startsWith('key:') ? 403 : 404
        expect([who, site, status]).toEqual([who, site, right])
      }
    }
    const rows = await all.store.db.selectFrom('email_recipient').selectAll().execute()
    expect(rows).toHaveLength(2)
    expect(new Set(rows.map(({ site_id: id }) => id))).toEqual(
      new Set([OWN, OTHER].map((domain) => all.sites.get(domain).id)),
    )
  })
})
