import { describe, expect, it } from 'vitest'
import { PAGE_LANGUAGES, PAGE_TEXTS } from '../../../../server/sms/text/texts.ts'
import { faultsOf } from '../../../../sms/written-consent.ts'
import { newForm, NOW, NUMBER, post, PROGRAM, startRig } from './rig.ts'

describe('the form to sign up', () => {
  it.each(PAGE_LANGUAGES)(
    'S3 R6.6 shows the text in force word for word in %s, who is responsible, and an empty box of its own',
    async (language) => {
      const rig = await startRig()
      const answer = await fetch(`${rig.url}/sms/opt-in/deals?language=${language}`)
      const page = await answer.text()
      expect(answer.status).toBe(200)
      expect(page).toContain(`<html lang="${language}"`)
      expect(page).toContain(PROGRAM.disclosures[language]?.text)
      for (const said of [PROGRAM.seller, PROGRAM.contact, PROGRAM.terms, PROGRAM.privacy]) {
        expect(page).toContain(said)
      }
      expect(page).toContain(PAGE_TEXTS[language].signUp.separate)
      expect(page).not.toContain('checked')
      expect(page.match(/type="checkbox"/g)).toHaveLength(1)
      expect(page).not.toMatch(/<script|style=|onclick/)
    },
  )

  it('S3 S4 S10 what is kept is what was shown: text, version, language, page and time, and no address of a device', async () => {
    const rig = await startRig()
    const { form, disclosure } = await newForm(rig, 'de')
    rig.now += 60_000
    const answer = await post(
      rig,
      { form, number: '(201) 555-0123', agree: 'yes' },
      { 'user-agent': 'Canary/1' },
    )
    expect(answer.status).toBe(303)
    expect(rig.consents).toEqual([
      {
        program: 'deals',
        number: NUMBER,
        consent: {
          seller: 'Lantern Coffee LLC',
          programName: 'Lantern Deals',
          disclosure,
          disclosureVersion: '2026-11-01',
          locale: 'de',
          signature: 'web-form',
          collectedAt: new Date(NOW + 60_000).toISOString(),
          source: 'https://sms.example/sms/opt-in/deals?language=de',
          actor: 'subject',
          box: 'empty',
          isSeparate: true,
        },
      },
    ])
    const [{ consent }] = rig.consents as [(typeof rig.consents)[number]]
    expect(faultsOf(consent, 'marketing', rig.now)).toEqual([])
    expect(JSON.stringify(consent)).not.toMatch(/Canary|127\.0\.0\.1|555/)
  })

  const INCOMPLETE: [fields: Record<string, string>, faults: string[]][] = [
    [{ number: '', agree: 'yes' }, ['number-missing']],
    [{ number: 'call me', agree: 'yes' }, ['not-a-number']],
    [{ number: '201 555 0123 ext 4', agree: 'yes' }, ['extension']],
    [{ number: '12345', agree: 'yes' }, ['short-code']],
    [{ number: '+49 30 1234567', agree: 'yes' }, ['other-country']],
    [{ number: '(999) 555-0123', agree: 'yes' }, ['area-code']],
    [{ number: '(201) 555-0123' }, ['box-empty']],
    [{ number: '(201) 555-0123', agree: 'no' }, ['box-empty']],
    [{}, ['number-missing', 'box-empty']],
  ]
  it.each(INCOMPLETE)(
    'S3 %j is not taken: each fault has its own sentence, what was typed stays, the box is empty again',
    async (fields, faults) => {
      const rig = await startRig()
      const { form } = await newForm(rig)
      const answer = await post(rig, { form, ...fields })
      const page = await answer.text()
      expect([answer.status, rig.consents]).toEqual([422, []])
      const texts: Record<string, string> = PAGE_TEXTS.en.signUp.faults
      for (const fault of faults) expect(page).toContain(texts[fault])
      expect(page).toContain(`value="${fields['number'] ?? ''}"`)
      expect(page).not.toContain('checked')
      expect(page).toContain('role="alert"')
      const json = await fetch(`${rig.url}/sms/opt-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ form, ...fields }),
      })
      expect([json.status, ((await json.json()) as { faults: string[] }).faults]).toEqual([422, faults])
    },
  )

  it('every sentence is another one, in every language', () => {
    for (const language of PAGE_LANGUAGES) {
      const sentences = Object.values(PAGE_TEXTS[language].signUp.faults)
      expect(new Set(sentences).size).toBe(sentences.length)
      expect(new Set(Object.keys(PAGE_TEXTS[language].signUp.faults))).toEqual(
        new Set(Object.keys(PAGE_TEXTS.en.signUp.faults)),
      )
    }
  })

  it('S3 nobody agrees to what they did not see: another text, an old form and a made-up one are refused', async () => {
    const rig = await startRig()
    const { form } = await newForm(rig)
    const fields = { form, number: NUMBER, agree: 'yes' }
    const status = async (sent: Record<string, string>): Promise<number> => (await post(rig, sent)).status
    const made = `${form.slice(0, -2)}${form.endsWith('AA') ? 'BA' : 'AA'}`
    expect(await status({ ...fields, form: made })).toBe(422)
    expect(await status({ ...fields, form: '' })).toBe(422)
    rig.program = {
      ...PROGRAM,
      disclosures: { ...PROGRAM.disclosures, en: { version: '2026-11-01', text: 'Other words.' } },
    }
    const changed = await post(rig, fields)
    expect(changed.status).toBe(422)
    expect(await changed.text()).toContain('Other words.')
    rig.program = PROGRAM
    rig.now = NOW + 24 * 3_600_000 + 1
    expect(await status(fields)).toBe(422)
    expect(rig.consents).toEqual([])
    rig.now = NOW + 24 * 3_600_000
    expect(await status(fields)).toBe(303)
  })

  it('S9 answers the same whatever is known of a number', async () => {
    const rig = await startRig()
    const { form } = await newForm(rig)
    const answers = []
    for (let time = 0; time < 2; time++) {
      const answer = await post(rig, { form, number: NUMBER, agree: 'yes' })
      answers.push([answer.status, answer.headers.get('location'), await answer.text()])
    }
    expect(answers[0]).toEqual(answers[1])
    const page = await (await fetch(`${rig.url}/sms/opt-in/deals?taken&language=en`)).text()
    expect(page).toContain('If this number can be signed up')
  })

  it('a network that floods is told when to come back, in words too, and a page of another site is refused', async () => {
    const rig = await startRig()
    const { form } = await newForm(rig)
    const fields = { form, number: NUMBER, agree: 'yes' }
    rig.seconds = 17
    const answer = await post(rig, fields)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '17'])
    expect(await answer.text()).toContain('try again in 17 seconds')
    rig.seconds = 0
    const foreign = await post(rig, fields, { 'sec-fetch-site': 'cross-site' })
    expect(foreign.status).toBe(403)
    expect(rig.consents).toEqual([])
  })

  it('names of programs and numbers are text, never markup', async () => {
    const rig = await startRig()
    const { form } = await newForm(rig)
    const page = await (await post(rig, { form, number: '"><script>alert(1)</script>' })).text()
    expect(page).not.toContain('<script>')
    rig.program = { ...PROGRAM, name: '<img src=x onerror=alert(1)>' }
    expect(await (await fetch(`${rig.url}/sms/opt-in/deals`)).text()).not.toContain('<img')
  })

  it('may not be framed, and loads from its own server only', async () => {
    const rig = await startRig()
    const { headers } = await fetch(`${rig.url}/sms/opt-in/deals`)
    const policy = headers.get('content-security-policy')
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toContain('unsafe')
    expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('the page of preferences', () => {
  it('S12 one press ends all messages, without signing in; looking ends nothing', async () => {
    const rig = await startRig()
    const page = await (await fetch(rig.url + rig.preferences)).text()
    expect(page).toContain('+1••••••0123')
    expect(rig.stopped).toEqual([])
    const answer = await fetch(rig.url + rig.preferences, {
      method: 'POST',
      body: new URLSearchParams({ stop: 'all' }),
    })
    expect(rig.stopped).toEqual([{ subject: 's1', program: 'all' }])
    expect(await answer.text()).toContain('From now on no such message is sent')
  })

  it('S12 one program can be ended, and a mail program’s one click ends all', async () => {
    const rig = await startRig()
    const press = (fields: Record<string, string>): Promise<Response> =>
      fetch(rig.url + rig.preferences, { method: 'POST', body: new URLSearchParams(fields) })
    const page = await (await press({ stop: 'orders' })).text()
    expect(page).toContain('Lantern Orders: no messages are sent.')
    expect(page).toContain('Lantern Deals: messages are sent.')
    await press({ 'List-Unsubscribe': 'One-Click' })
    expect(rig.stopped.map(({ program }) => program)).toEqual(['orders', 'all'])
  })

  it('S20 a link that was not made here leads nowhere, whichever character of it was changed', async () => {
    const rig = await startRig()
    const token = rig.preferences.split('/').at(-1) ?? ''
    expect(token).not.toContain('2015550123')
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'x' ? 'y' : 'x'
      const changed = token.slice(0, at) + other + token.slice(at + 1)
      const answer = await fetch(`${rig.url}/sms/preferences/${changed}`, {
        method: at % 2 === 0 ? 'GET' : 'POST',
      })
      expect([at, answer.status]).toEqual([at, 404])
    }
    expect(rig.stopped).toEqual([])
  })
})
