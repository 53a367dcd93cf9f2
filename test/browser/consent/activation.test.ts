import { describe, expect, it } from 'vitest'
import type { Visitor } from '../../support/browser.ts'
import { fileRoutes, SITE } from '../fake-collector.ts'
import { answer, asked, html, loaded, useConsentStage } from './consent-stage.ts'

const stage = useConsentStage()

/** Serves scripts that write down that they ran, and a page that has the body. */
async function serve(body: string, attributes = ''): Promise<Awaited<ReturnType<typeof stage.collect>>> {
  const collector = await stage.collect()
  for (const name of ['one', 'two', 'three']) {
    stage.pages.route(`/${name}.js`, {
      headers: { 'content-type': 'text/javascript' },
      body: `(window.ran ??= []).push('${name}')`,
    })
  }
  stage.pages.route('/pixel.gif', { headers: { 'content-type': 'image/gif' }, body: 'GIF89a' })
  stage.pages.route('/film', '<!doctype html><title>Film</title>')
  stage.pages.route('/page', html(collector.tag(attributes), body))
  return collector
}

const ran = ({ page }: Visitor): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { ran?: string[] }).ran ?? [])
const paths = ({ requests }: Visitor): string[] => requests.map(({ url }) => new URL(url).pathname)

const blocked = (category: string, name: string): string =>
  `<script type="text/plain" data-category="${category}" data-src="/${name}.js"></script>`

describe('what waits on the page', () => {
  it('R6.5 wakes by its category, and by all of them where it names several', async () => {
    await serve(
      blocked('performance', 'one') +
        blocked('targeting', 'two') +
        blocked('performance targeting', 'three') +
        '<script type="text/plain" data-category="performance">(window.ran ??= []).push("inline")</script>' +
        '<img alt="" data-category="performance" data-src="/pixel.gif">',
    )
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(await ran(visitor)).toEqual([])
    expect(paths(visitor).filter((path) => /(one|two|three)\.js|pixel/.test(path))).toEqual([])
    await visitor.page.evaluate(() => window.sluice?.consent?.accept(['performance']))
    await expect.poll(async () => (await ran(visitor)).toSorted()).toEqual(['inline', 'one'])
    await visitor.settle()
    expect(paths(visitor)).toContain('/pixel.gif')
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await expect.poll(async () => (await ran(visitor)).toSorted()).toEqual(['inline', 'one', 'three', 'two'])
    expect(visitor.complaints).toEqual([])
  })

  it('wakes when it is put there later, and runs once', async () => {
    await serve('')
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.page.evaluate(
      (markup) => {
        const script = document.createElement('script')
        script.type = 'text/plain'
        script.dataset['category'] = 'performance'
        script.dataset['src'] = '/one.js'
        document.body.append(script)
        const holder = document.createElement('div')
        holder.innerHTML = markup
        document.body.append(holder)
      },
      blocked('functionality', 'two'),
    )
    await expect.poll(async () => (await ran(visitor)).toSorted()).toEqual(['one', 'two'])
    await visitor.page.evaluate(() => document.body.append(document.createElement('p')))
    await visitor.settle()
    expect(await ran(visitor)).toHaveLength(2)
  })

  it('is in nobody’s way when it hangs', async () => {
    await serve(
      blocked('performance', 'hung') + blocked('performance', 'one') + blocked('performance', 'two'),
    )
    stage.pages.route('/hung.js', () => new Promise<string>(() => undefined))
    const visitor = await stage.visit()
    await answer(visitor, 'all', false)
    await expect.poll(async () => (await ran(visitor)).toSorted()).toEqual(['one', 'two'])
    expect(paths(visitor)).toContain('/hung.js')
  })

  it('wakes with the next page without a word, also before its text is all there', async () => {
    const collector = await serve(blocked('performance', 'one'))
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    // Not deferred: the tracker runs while the parser is still above the script that waits.
    stage.pages.route(
      '/page',
      html(
        collector.tag().replace('defer', ''),
        `<script type="text/plain" data-category="performance">${'/* long */'.repeat(20_000)};(window.ran ??= []).push("inline")</script>`,
      ),
    )
    await visitor.page.goto(`${stage.site}/page`)
    await expect.poll(() => ran(visitor)).toEqual(['inline'])
  })

  it('never wakes by a category that is none, whatever a record says', async () => {
    await serve(blocked('everything', 'one') + blocked('', 'two'))
    const visitor = await stage.visit('/page', {}, ({ context }) =>
      context.addCookies([
        {
          name: 'cc_cookie',
          value: encodeURIComponent(
            JSON.stringify({ categories: ['essential', 'everything', ''], revision: 1, until: '2099-01-01' }),
          ),
          url: stage.site,
        },
      ]),
    )
    await visitor.settle()
    expect(await ran(visitor)).toEqual([])
  })
})

describe('a frame that waits', () => {
  const film = `<iframe title="Film" width="480" height="270" data-category="functionality"
    data-src="/film"></iframe>`

  it('R6.5 says what it is and offers the choice; it loads when allowed and goes when that is taken back', async () => {
    await serve(film)
    const visitor = await stage.visit()
    const words = visitor.page.locator('.sluice-embed')
    await words.waitFor()
    expect(await words.textContent()).toContain(`This content comes from ${SITE}.`)
    expect(await words.boundingBox()).toMatchObject({ width: 484, height: 274 })
    expect(paths(visitor)).not.toContain('/film')
    await words.getByRole('button', { name: 'Allow and show' }).click()
    await expect
      .poll(() => visitor.page.frames().map((frame) => new URL(frame.url()).pathname))
      .toContain('/film')
    expect(await words.count()).toBe(0)
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await words.waitFor()
    expect(visitor.page.frames().map((frame) => frame.url())).not.toContain(`${stage.site}/film`)
    expect(await visitor.page.evaluate(() => document.querySelector('iframe')?.hasAttribute('src'))).toBe(
      false,
    )
  })

  it('says so to who refused too, also when it is put there later; without one no UI is loaded for that', async () => {
    const collector = await serve(film)
    const visitor = await stage.visit()
    await answer(visitor, 'necessary')
    await visitor.settle()
    stage.pages.route('/without', html(collector.tag()))
    visitor.requests.splice(0)
    await visitor.page.goto(`${stage.site}/without`)
    await visitor.settle()
    expect(loaded(visitor, collector)).toEqual(['sluice.js', 'sluice-choice.js'])
    expect(asked(visitor, collector)).toEqual([])
    await visitor.page.evaluate((markup) => {
      const holder = document.createElement('div')
      holder.innerHTML = markup
      document.body.append(holder)
    }, film)
    await visitor.page.locator('.sluice-embed').waitFor()
    expect(asked(visitor, collector)).toEqual([`GET /s/${SITE}/notice.json?language=en`])
  })

  it('names the service by the policy', async () => {
    await serve(film.replace('/film', 'https://www.films.example/embed/1'))
    const visitor = await stage.visit()
    expect(await visitor.page.locator('.sluice-embed').textContent()).toContain('Film Library')
  })
})

describe('strict pages', () => {
  /** All of it under the site itself, as a strict policy wants. */
  function firstParty(path: string, policy: string, body: string, head = ''): void {
    for (const [name, route] of Object.entries(fileRoutes(stage.bundles, '/_s/')))
      stage.pages.route(name, route)
    const tag = `<script defer src="/_s/sluice.js" data-site="${SITE}" data-api="/_s/" ${head}></script>`
    stage.pages.route(path, { headers: { 'content-security-policy': policy }, body: html(tag, body) })
  }
  async function proxied(): Promise<void> {
    const collector = await serve('')
    for (const [path, method] of [
      [`/s/${SITE}.json`, 'GET'],
      [`/s/${SITE}/notice.json`, 'GET'],
      ['/c', 'POST'],
      ['/e', 'POST'],
    ] as const) {
      stage.pages.route(`/_s${path}`, async ({ path: address, body }) => {
        const taken = await fetch(`http://127.0.0.1:${collector.port}${address.slice('/_s'.length)}`, {
          method,
          ...(method === 'POST' && { body }),
        })
        return {
          status: taken.status,
          headers: { 'content-type': 'application/json' },
          body: await taken.text(),
        }
      })
    }
  }

  it('R6.5 banner, dialog and waking work under default-src self with trusted types, without a complaint', async () => {
    await proxied()
    firstParty(
      '/tight',
      "default-src 'self'; require-trusted-types-for 'script'; trusted-types sluice",
      blocked('performance', 'one'),
    )
    const visitor = await stage.visit('/tight')
    await answer(visitor, 'show')
    await visitor.page.locator('.pm__title').waitFor()
    await visitor.page.locator('button.pm__section-title').first().click()
    await visitor.page.locator('.pm__btn[data-role="all"]').click()
    await expect.poll(() => ran(visitor)).toEqual(['one'])
    await visitor.page.locator('[data-sluice-open]').waitFor()
    expect(visitor.complaints).toEqual([])
  })

  it('a page that allows no policy keeps its scripts asleep and all else goes on', async () => {
    await proxied()
    firstParty(
      '/tighter',
      "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      `${blocked('performance', 'one')}<img alt="" data-category="performance" data-src="/pixel.gif">`,
    )
    const visitor = await stage.visit('/tighter')
    await answer(visitor, 'all')
    await expect.poll(() => paths(visitor)).toContain('/pixel.gif')
    await visitor.settle()
    expect(await ran(visitor)).toEqual([])
    expect(visitor.complaints.every((text) => /TrustedTypePolicy|trusted-types/i.test(text))).toBe(true)
  })

  it('under a policy of nonces a script wakes only with the nonce of the page', async () => {
    await proxied()
    const slipped = blocked('performance', 'two')
    const own = slipped.replace('<script', '<script nonce="n0nce"').replace('two', 'one')
    firstParty(
      '/nonces',
      "script-src 'nonce-n0nce' 'strict-dynamic'; object-src 'none'",
      own + slipped,
      'nonce="n0nce"',
    )
    const visitor = await stage.visit('/nonces')
    await answer(visitor, 'all')
    await expect.poll(() => ran(visitor)).toEqual(['one'])
    await visitor.settle()
    expect(await ran(visitor)).toEqual(['one'])
    expect(visitor.complaints).toEqual([])
  })
})
