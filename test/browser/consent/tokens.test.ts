import { describe, expect, it } from 'vitest'
import { readStorage } from '../../support/browser.ts'
import { JSON_HEADERS, SITE } from '../fake-collector.ts'
import { answer, asked, choiceOf, holding, kept, useConsentStage } from './consent-stage.ts'

const stage = useConsentStage()

const hourNow = (): number => Math.floor(Date.now() / 3_600_000)
const GRANTED = {
  categories: ['essential', 'performance'] as ('essential' | 'performance')[],
  revision: 1,
  day: '2026-11-24',
  until: '2099-01-01',
  token: '1~performance~old',
}

describe('a token', () => {
  it.each([
    [19, false],
    [20, true],
  ])('that is %i hours old is renewed: %s', async (age, isRenewed) => {
    const collector = await stage.collect()
    collector.tokens.add(GRANTED.token)
    const visitor = await stage.visit('/page', {}, holding(stage.site, { ...GRANTED, hour: hourNow() - age }))
    await expect.poll(() => collector.pages().length).toBe(1)
    await visitor.settle()
    const record = await kept(visitor)
    expect(collector.choices()).toEqual(isRenewed ? [{ version: 1, site: SITE, renew: GRANTED.token }] : [])
    expect(record?.token === GRANTED.token).toBe(!isRenewed)
    // The same choice: no receipt, no new day.
    expect(record).toMatchObject({ day: GRANTED.day, categories: GRANTED.categories })
    expect((await readStorage(visitor)).localStorage).not.toContain('sluice_receipt')
  })

  it('that the collector does not accept is renewed once, and the events go again with the same ids', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit('/page', {}, holding(stage.site, { ...GRANTED, hour: hourNow() }))
    await expect.poll(() => collector.pages().length).toBe(2)
    await visitor.settle()
    const [refused, taken] = collector.pages()
    expect(refused?.consent).toBe(GRANTED.token)
    expect(taken?.consent).toBe((await kept(visitor))?.token)
    expect(taken?.events).toEqual(refused?.events)
    expect(collector.choices()).toHaveLength(1)
  })

  it('is renewed too where that is the first thing this page has to do with the choice', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit('/plain', {}, holding(stage.site, { ...GRANTED, hour: hourNow() }))
    await visitor.page.addScriptTag({
      type: 'module',
      content: `import { follow } from '${collector.url}/sluice-choice.js'
        const request = async (path, body) => {
          document.title = JSON.stringify({ path, body })
          return new Response('{}', { status: 403 })
        }
        const nothing = () => {}
        const choice = follow({ site: '${SITE}' }, request, nothing, nothing, nothing)
        await choice.answered(new Response('{"accepted":0,"dropped":1}'), { consent: '${GRANTED.token}', events: [] })
        document.body.id = 'renewed'`,
    })
    await visitor.page.locator('#renewed').waitFor()
    const told: unknown = JSON.parse(await visitor.page.title())
    expect(told).toEqual({ path: 'c', body: { version: 1, site: SITE, renew: GRANTED.token } })
  })

  it('is not renewed again and again where events are dropped for another reason', async () => {
    const collector = await stage.collect()
    collector.route('/e', { status: 202, headers: JSON_HEADERS, body: '{"accepted":0,"dropped":1}' })
    const visitor = await stage.visit('/page', {}, holding(stage.site, { ...GRANTED, hour: hourNow() }))
    await visitor.settle()
    for (const step of [1, 2, 3]) {
      await visitor.page.evaluate((to) => history.pushState({}, '', `/page/${to}`), step)
      await visitor.settle()
    }
    expect(collector.choices()).toHaveLength(1)
    expect(collector.pages()).toHaveLength(5)
  })

  it('that is forged grants nothing to the server and ends: the choice stays, without measurement', async () => {
    const collector = await stage.collect()
    collector.route('/c', { status: 403, headers: JSON_HEADERS, body: '{"error":"no"}' })
    const visitor = await stage.visit('/page', {}, holding(stage.site, { ...GRANTED, hour: hourNow() }))
    await expect.poll(async () => (await kept(visitor))?.token).toBeUndefined()
    await visitor.settle()
    const sent = collector.batches().length
    await visitor.page.reload()
    await visitor.settle()
    expect(collector.batches()).toHaveLength(sent)
    expect(await choiceOf(visitor)).toMatchObject({ granted: ['essential', 'performance'], decided: true })
  })

  it('that lost its consent by a wider policy leads to the question, with the new notice', async () => {
    const collector = await stage.collect()
    collector.policy.revision = 2
    collector.policy.since.performance = 2
    const visitor = await stage.visit('/page', {}, holding(stage.site, { ...GRANTED, hour: hourNow() }))
    await answer(visitor, 'all')
    await visitor.settle()
    expect(collector.choices()).toMatchObject([
      { renew: GRANTED.token },
      { action: 'accept_all', revision: 2, notice: 'notice-of-en-2' },
    ])
  })
})

describe('a choice under a policy that was replaced while the banner stood', () => {
  it('is asked for again where it granted, with the texts in force', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    collector.policy.revision = 2
    for (const name of ['performance', 'functionality', 'targeting'] as const)
      collector.policy.since[name] = 2
    await answer(visitor, 'all', false)
    await expect
      .poll(() => asked(visitor, collector).filter((line) => line.includes('notice')).length)
      .toBe(2)
    await visitor.page.locator('.cm').waitFor()
    expect(await choiceOf(visitor)).toMatchObject({ decided: false, granted: ['essential'] })
    await answer(visitor, 'all')
    await visitor.settle()
    expect(await choiceOf(visitor)).toMatchObject({ decided: true })
    expect(collector.choices().at(-1)).toMatchObject({ revision: 2 })
    expect(visitor.complaints.filter((text) => !text.includes('409'))).toEqual([])
  })

  it('holds where it refused', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    collector.policy.revision = 2
    collector.policy.since.performance = 2
    await answer(visitor, 'necessary')
    await visitor.settle()
    expect(await choiceOf(visitor)).toMatchObject({ decided: true, granted: ['essential'] })
    expect(collector.choices()).toHaveLength(1)
  })
})

it('a choice by code of what is none decides nothing', async () => {
  const collector = await stage.collect()
  const visitor = await stage.visit()
  await visitor.page.locator('.cm').waitFor()
  for (const odd of [undefined, null, 7, 'performance', {}]) {
    await visitor.page.evaluate((given) => window.sluice?.consent?.accept(given as 'all'), odd)
    await visitor.settle()
    expect(await choiceOf(visitor), JSON.stringify(odd)).toMatchObject({ decided: false })
    expect(collector.choices(), JSON.stringify(odd)).toEqual([])
  }
  expect(visitor.complaints).toEqual([])
})

describe('the answer of the server', () => {
  it('stands over what the page supposed: categories without a service, the day it ends', async () => {
    const collector = await stage.collect()
    collector.route('/c', {
      headers: JSON_HEADERS,
      body: JSON.stringify({
        revision: 1,
        granted: ['performance'],
        until: '2027-01-01',
        token: '1~performance~x',
        receipt: 'r',
        sweep: [],
        keep: [],
      }),
    })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await visitor.settle()
    expect(await kept(visitor)).toMatchObject({
      categories: ['essential', 'performance'],
      until: '2027-01-01',
    })
    expect(await choiceOf(visitor)).toMatchObject({ decided: true })
  })

  it('does not undo a choice that was changed while it was under way', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.evaluate(async () => {
      window.sluice?.consent?.accept('all')
      await new Promise((resolve) => setTimeout(resolve, 5))
      window.sluice?.consent?.rejectAll()
    })
    await visitor.settle()
    expect(await choiceOf(visitor)).toMatchObject({ granted: ['essential'], decided: true })
    expect(collector.choices().at(-1)).toMatchObject({ granted: [] })
    expect((await readStorage(visitor)).localStorage).toEqual([])
    expect((await kept(visitor))?.token).toBeUndefined()
  })
})

describe('a browser that keeps no cookies', () => {
  it('could not keep a refusal: nothing is asked and nothing is sent', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit('/page', {}, ({ context }) =>
      context.addInitScript(() => {
        Object.defineProperty(navigator, 'cookieEnabled', { value: false })
      }),
    )
    await visitor.settle()
    expect(asked(visitor, collector)).toEqual([])
  })
})
