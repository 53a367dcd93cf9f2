import { describe, expect, it } from 'vitest'
import type { ConsentNotice } from '../../../../schema/policy.ts'
import { createNotice } from '../../../../server/consent/policy/notice.ts'
import { manifest, service } from './manifests.ts'
import { FIRST_PARTY, SITE, startRig } from './rig.ts'

describe('GET /s/<site>/notice.json', () => {
  it('answers any page with the notice in the language asked for', async () => {
    const rig = await startRig()
    const { status, headers, body } = await rig.ask('/s/example.com/notice.json?language=de-AT')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(headers['set-cookie']).toBeUndefined()
    expect(JSON.parse(body)).toEqual(createNotice(SITE, rig.inForce, 'de', { anonymous: false }))
  })

  it('offers the objection where anonymous statistics run for this visitor', async () => {
    const rig = await startRig()
    const { body } = await rig.ask('/s/example.com/notice.json', { headers: { 'x-country': 'FR' } })
    expect((JSON.parse(body) as ConsentNotice).anonymous).toBe(true)
  })

  it('falls back to the browser’s languages', async () => {
    const rig = await startRig()
    const headers = { 'accept-language': 'nl, es;q=0.8' }
    const { body } = await rig.ask('/s/example.com/notice.json', { headers })
    expect((JSON.parse(body) as ConsentNotice).language).toBe('es')
  })

  it('knows registered sites only, and GET only', async () => {
    const rig = await startRig()
    expect((await rig.ask('/s/other.example/notice.json')).status).toBe(404)
    const posted = await rig.ask('/s/example.com/notice.json', { method: 'POST' })
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET'])
  })
})

describe('the cookie declaration', () => {
  it('R6.7 lists name, kind, purpose, provider and lifetime of all that is kept, as a page and as data', async () => {
    const rig = await startRig()
    const page = await rig.ask('/privacy/cookies?site=example.com&language=en')
    const data = await rig.ask('/privacy/cookies.json?site=example.com&language=en')
    const { categories } = JSON.parse(data.body) as ConsentNotice
    const services = categories.flatMap((category) => category.services)
    expect(services.map(({ name }) => name)).toEqual(
      rig.inForce.manifest.services.toSorted(byCategory).map(({ name }) => name),
    )
    for (const { name, provider, purpose, items } of services) {
      for (const text of [name, provider, purpose]) expect(page.body).toContain(text)
      for (const item of items) {
        expect(page.body).toContain(`dir="ltr">${item.name}</bdi>`)
        expect(page.body).toContain(item.purpose)
        expect(page.body).toContain(item.lifetime)
      }
    }
    expect(page.body).toContain('maps.example.net')
  })

  it('R6.6 names controller, contact and privacy policy', async () => {
    const rig = await startRig()
    rig.publish(
      manifest({
        controller: { name: 'Example Ltd', contact: 'dpo@example.com', address: '1 High Street' },
        policyUrl: 'https://example.com/privacy',
      }),
    )
    for (const address of ['/privacy/cookies?site=example.com', '/privacy/choices?site=example.com']) {
      const { body } = await rig.ask(address)
      expect(body).toContain('Example Ltd')
      expect(body).toContain('<a href="mailto:dpo@example.com">')
      expect(body).toContain('1 High Street')
      expect(body).toContain('<a href="https://example.com/privacy">')
    }
  })

  it('needs no script and nothing inline, and escapes what the manifest holds', async () => {
    const rig = await startRig()
    // Nothing with markup loads; what is in the store all the same must not come alive.
    const hostile = `"><img src=x onerror=alert(1)>`
    rig.publish(
      manifest({
        controller: { name: hostile, contact: `https://example.com/?${hostile}` },
        services: [service({ name: hostile, provider: hostile, purpose: { en: hostile }, hosts: [hostile] })],
      }),
    )
    for (const address of ['/privacy/cookies', '/privacy/choices']) {
      const { body, headers } = await rig.ask(address, { headers: FIRST_PARTY })
      expect(body).not.toMatch(/<script|<style|\sstyle=|<img|javascript:/i)
      expect(body).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;')
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
    }
  })

  it('is written from the right in Arabic, and links to every language', async () => {
    const rig = await startRig()
    const { body } = await rig.ask('/privacy/cookies?site=example.com&language=ar')
    expect(body).toContain('<html lang="ar" dir="rtl"')
    for (const language of ['en', 'de', 'fr', 'es']) expect(body).toContain(`hreflang="${language}"`)
  })

  it('has its style beside it', async () => {
    const rig = await startRig()
    const { status, headers, body } = await rig.ask('/privacy/pages.css')
    expect([status, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
    expect(body).toContain('prefers-color-scheme: dark')
  })

  it('is that of the host where no site is named', async () => {
    const rig = await startRig()
    expect((await rig.ask('/privacy/cookies', { headers: FIRST_PARTY })).body).toContain('example.com')
    expect((await rig.ask('/privacy/cookies')).status).toBe(404)
    expect((await rig.ask('/privacy/cookies?site=other.example')).status).toBe(404)
    expect((await rig.ask('/privacy/cookies?site=example.com&site=b')).status).toBe(404)
  })
})

const ORDER = ['essential', 'performance', 'functionality', 'targeting']
function byCategory(a: { category: string }, b: { category: string }): number {
  return ORDER.indexOf(a.category) - ORDER.indexOf(b.category)
}
