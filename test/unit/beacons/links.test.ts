import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { rowsOf } from '../store/opened.ts'
import { GIVEN, mailScene, SITE, type MailScene } from './rig.ts'

const TARGET = 'https://example.com/offer?utm_campaign=spring'
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

interface Linked {
  scene: MailScene
  id: string
  link: string
  withdraw: string
}

async function linked(): Promise<Linked> {
  const scene = await mailScene()
  await scene.campaigns.put(scene.site.id, { name: 'Spring', mode: 'identified', links: [TARGET] })
  const [id = ''] = await scene.recipients.record(scene.site.id, [GIVEN], 'api')
  const parts = await scene.mint(scene.site, { campaign: 'Spring', recipient: id, links: [TARGET] })
  scene.clock.pass(600_000)
  const at = (address = ''): string => scene.url + new URL(address).pathname
  return { scene, id, link: at(parts.links[0]?.url), withdraw: at(parts.withdraw) }
}

function follow(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { redirect: 'manual', headers: { 'user-agent': CHROME }, ...init })
}

describe('R7.1 a link of a mail', () => {
  it('leads to its registered address, and is counted under a consent of its own', async () => {
    const { scene, id, link } = await linked()
    const answer = await follow(link)
    expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
      302,
      TARGET,
      null,
    ])
    await scene.counted()
    expect(scene.kept).toMatchObject([
      { type: 'follow', basis: 'email_click', campaign: 'Spring', verdict: 'human' },
    ])
    // Without it the mail holds the address itself.
    await scene.recipients.record(
      scene.site.id,
      [{ ...GIVEN, event: 'withdrawn', purposes: ['email_click'] }],
      'api',
    )
    const parts = await scene.mint(scene.site, { campaign: 'Spring', recipient: id, links: [TARGET] })
    expect(parts.links).toEqual([{ target: TARGET, url: TARGET }])
    // And mails that are out lead on and count nothing.
    scene.clock.pass(86_400_000)
    expect((await follow(link)).headers.get('location')).toBe(TARGET)
    await expect.poll(() => scene.dropped).toEqual(['no_consent'])
    expect(scene.kept).toHaveLength(1)
  })

  it('goes on leading there when the mail is old, the campaign over and the recipient erased', async () => {
    const { scene, id, link } = await linked()
    await scene.recipients.erase(scene.site.id, { id })
    expect((await follow(link)).headers.get('location')).toBe(TARGET)
    await scene.campaigns.remove(scene.site.id, 'Spring')
    expect((await follow(link)).headers.get('location')).toBe(TARGET)
    scene.clock.pass(400 * 86_400_000)
    expect((await follow(link, { method: 'HEAD' })).headers.get('location')).toBe(TARGET)
    await expect.poll(() => scene.dropped).toEqual(['no_consent', 'beacon_unknown', 'beacon_expired'])
    expect(scene.kept).toEqual([])
  })

  it('leads nowhere else, whatever is asked for', async () => {
    const { scene, link } = await linked()
    const token = new URL(link).pathname.slice('/l/'.length)
    const evil = 'https://evil.example/'
    const places = [
      evil,
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      'javascript:alert(1)',
      'data:text/html,x',
      `https://example.com@evil.example/`,
      'https://evil.example/?https://example.com',
      '%0d%0aLocation:%20https://evil.example/',
      '\u2215\u2215evil.example',
      '..//evil.example',
    ]
    const tries = places.flatMap((place) => [
      `/l/${encodeURIComponent(place)}`,
      `/l/${place.replaceAll(/[\r\n]/g, '')}`,
      `/l/${token}?url=${encodeURIComponent(place)}`,
      `/l/${token}?target=${encodeURIComponent(place)}&next=${encodeURIComponent(place)}`,
      `/l/${token}/${encodeURIComponent(place)}`,
      `/l/${token}${encodeURIComponent(place)}`,
    ])
    for (let index = 0; index < token.length; index += 7) {
      const other = token[index] === 'A' ? 'B' : 'A'
      tries.push(`/l/${token.slice(0, index)}${other}${token.slice(index + 1)}`)
    }
    let led = 0
    for (const path of tries) {
      const answer = await follow(scene.url + path, {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      })
      const location = answer.headers.get('location')
      if (location !== null) led++
      expect([path, location === null || location === TARGET, answer.status < 500]).toEqual([
        path,
        true,
        true,
      ])
      if (location === null) expect(await answer.text()).not.toContain('evil.example')
    }
    // Those that only add something to a good one lead where it does.
    expect(led).toBe(2 * places.length)
  })

  it('is of an address that was registered, and of nothing that hides where it leads', async () => {
    const { scene } = await linked()
    await expect(
      scene.mint(scene.site, {
        campaign: 'Spring',
        recipient: GIVEN.email,
        links: ['https://evil.example/'],
      }),
    ).rejects.toThrow('A link leads to a registered address only')
    for (const wrong of [
      'javascript:alert(1)',
      'data:text/html,x',
      'mailto:a@b.example',
      '//example.com',
      '/offer',
      'https://example.com@evil.example/',
      'https://user:secret@example.com/',
      'https://exa mple.com/',
      'https://example.com/\u0000',
      `https://example.com/${'a'.repeat(2_048)}`,
      '',
    ]) {
      const put = scene.campaigns.put(scene.site.id, { name: 'Other', mode: 'aggregate', links: [wrong] })
      await expect(put).rejects.toThrow(UserError)
    }
    expect((await rowsOf(scene.store, 'email_link')).map(({ target }) => target)).toEqual([TARGET])
  })
})

describe('R2.4 taking a consent back', () => {
  it('is a page with one button, in the language of the browser or the one asked for', async () => {
    const { withdraw } = await linked()
    const page = async (url: string, language: string): Promise<string> => {
      const answer = await fetch(url, { headers: { 'accept-language': language } })
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      return answer.text()
    }
    expect(await page(withdraw, 'de-AT,en;q=0.5')).toContain('<h1>Nicht mehr zählen, was ich öffne</h1>')
    const english = await page(`${withdraw}?language=en`, 'de')
    expect(english).toContain('<h1>Stop counting what I open</h1>')
    expect(english).toContain(SITE)
    expect(english).toContain('mailto:privacy@example.com')
    expect(english).not.toMatch(/<script|lovelace| onclick/)
    expect(english.match(/<button/g)).toHaveLength(1)
  })

  it('by the page stops counting and nothing else; by the button of a mail program ends mails too', async () => {
    for (const [type, body, unsubscribed, method] of [
      ['application/x-www-form-urlencoded', 'stop=counting', false, 'link'],
      ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click', true, 'one-click'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        true,
        'one-click',
      ],
    ] as const) {
      const { scene, id, withdraw } = await linked()
      // Twice is once.
      for (let times = 0; times < 2; times++) {
        const answer = await fetch(withdraw, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
          redirect: 'error',
        })
        expect([answer.status, (await answer.text()).includes('role="status"')]).toEqual([200, true])
      }
      expect(await scene.recipients.find(scene.site.id, { id })).toMatchObject({ granted: [], unsubscribed })
      expect(await rowsOf(scene.store, 'email_ledger', "WHERE event = 'withdrawn'")).toMatchObject([
        { purposes: 'email_open,email_click', method, source: 'link', copy_hash: null },
      ])
    }
  })

  it('counts however old the mail is, and a link that is not whole is told so', async () => {
    const { scene, id, withdraw, link } = await linked()
    scene.clock.pass(1_000 * 86_400_000)
    for (const wrong of [withdraw.slice(0, -1), `${scene.url}/u/x`, link.replace('/l/', '/u/')]) {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(wrong, { method })
        expect([answer.status, (await answer.text()).includes('This link is not complete')]).toEqual([
          404,
          true,
        ])
      }
    }
    expect(await scene.recipients.grantedBy(scene.site.id, id)).toHaveLength(2)
    await fetch(withdraw, { method: 'POST' })
    expect(await scene.recipients.grantedBy(scene.site.id, id)).toEqual([])
    // From then on the page says so.
    expect(await (await fetch(withdraw)).text()).toContain('<h1>It is stopped</h1>')
  })
})
