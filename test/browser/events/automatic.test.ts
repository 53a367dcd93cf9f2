import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { answer, html, loaded, useConsentStage } from '../consent/consent-stage.ts'
import { leave, measured, more, told } from './events-stage.ts'

const stage = useConsentStage()

const out = (path = '/there?q=secret#part'): string =>
  `http://elsewhere.example:${new URL(stage.site).port}${path}`

describe('R1.4 links that lead away', () => {
  it('are told of by every kind of click, without query and fragment', async () => {
    const body = `<a id="out" href="${out()}">There</a> <a href="${out()}"><b id="within">There too</b></a>
      <a id="blank" target="_blank" href="${out()}">New</a> <div id="host"></div>
      <div onclick="event.stopPropagation()"><a id="kept" href="${out()}">Kept</a></div>
      <script>document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<a href="${out()}">Deep</a>'</script>`
    const { collector, visitor } = await measured(stage, body)
    const clicks: [string, Parameters<Locator['click']>[0], string][] = [
      ['click', {}, '#out'],
      ['click with a modifier', { modifiers: ['Control'] }, '#out'],
      ['middle click', { button: 'middle' }, '#out'],
      ['click on what stands within it', {}, '#within'],
      ['click into another tab', {}, '#blank'],
      ['click within a shadow tree', {}, '#host a'],
      ['click that the page keeps to itself', {}, '#kept'],
    ]
    for (const [rank, [click, options, selector]] of clicks.entries()) {
      if (rank > 0) await visitor.page.goto(`${stage.site}/page`)
      await visitor.settle()
      await visitor.page.locator(selector).click(options)
      const each = { url: `${stage.site}/page`, link: out('/there') }
      await expect
        .poll(() => told(collector, 'outbound'), { message: click })
        .toEqual(Array.from({ length: rank + 1 }, () => each))
    }
    expect(told(collector, 'click')).toEqual([])
  })

  it('are told of by keyboard', async () => {
    const { collector, visitor } = await measured(stage, `<a id="out" href="${out()}">There</a>`)
    await visitor.page.focus('#out')
    await visitor.page.keyboard.press('Enter')
    await expect.poll(() => told(collector, 'outbound')).toHaveLength(1)
  })

  it('are not those within the site, to no web page, by the right button, or by code', async () => {
    const links = ['/other', '#part', 'mailto:somebody@shop.example', 'tel:+4912345', 'javascript:void 0']
      .concat([`http://www.shop.example:${new URL(stage.site).port}/`, 'http://[broken'])
      .map((href, rank) => `<a id="l${rank}" target="_blank" href="${href}">x${rank}</a> `)
    const { collector, visitor } = await measured(
      stage,
      `${links.join('')}<a id="out" href="${out()}">There</a>`,
    )
    for (const rank of links.keys()) await visitor.page.click(`#l${rank}`)
    await visitor.page.click('#out', { button: 'right' })
    await visitor.page.evaluate(() => {
      addEventListener('click', (event) => event.preventDefault())
      document.querySelector<HTMLElement>('#out')?.click()
      window.sluice?.track?.('end')
    })
    await expect.poll(() => told(collector, 'event')).toHaveLength(1)
    expect(told(collector, 'outbound')).toEqual([])
  })

  it('lead on at once while the collector hangs', async () => {
    const { collector, visitor } = await measured(stage, `<a id="out" href="${out('/plain')}">There</a>`)
    collector.route('/e', () => new Promise(() => {}))
    await visitor.page.click('#out')
    await visitor.page.waitForURL(out('/plain'), { timeout: 5_000 })
    await expect.poll(() => told(collector, 'outbound')).toHaveLength(1)
  })
})

describe('downloads', () => {
  it('are told of by what the path ends in, without query and fragment', async () => {
    const files = [
      ['/files/price-list.PDF?version=2', '/files/price-list.PDF'],
      ['/a.tar.gz#x', '/a.tar.gz'],
      ['/report.xlsx', '/report.xlsx'],
    ]
    const links = files.map(([href], rank) => `<a id="f${rank}" target="files" href="${href}">File</a> `)
    const { collector, visitor } = await measured(stage, links.join(''))
    for (const rank of files.keys()) await visitor.page.click(`#f${rank}`)
    await expect
      .poll(() => told(collector, 'download'))
      .toEqual(files.map(([, link]) => ({ url: `${stage.site}/page`, link: `${stage.site}${link}` })))
    expect(told(collector, 'outbound')).toEqual([])
  })

  it('is what the page calls one, on another host too, and what is no web address is not', async () => {
    const body = `<a id="given" download href="/make?id=7">Make</a> <a id="far" href="${out('/a.zip')}" target="_blank">Zip</a>
      <a id="blob" download href="data:text/plain,x">Data</a> <a id="page" target="_blank" href="/pdf">About PDF</a>`
    const { collector, visitor } = await measured(stage, body)
    for (const id of ['given', 'far', 'blob', 'page']) await visitor.page.click(`#${id}`)
    await expect
      .poll(() => told(collector, 'download').map(({ link }) => link))
      .toEqual([`${stage.site}/make`, out('/a.zip')])
    expect(told(collector, 'outbound')).toEqual([])
  })
})

describe('forms', () => {
  it('are told of by a name that the page gives them, and never what is in them', async () => {
    const forms = [
      ['<form data-track="Newsletter" name="n" aria-label="x">', 'Newsletter'],
      ['<form aria-label="Sign up" name="n">', 'Sign up'],
      ['<h2 id="h">Write to us</h2><form aria-labelledby="h" id="f">', 'Write to us'],
      ['<form name="contact" id="g">', 'contact'],
      ['<form id="e">', 'e'],
      ['<form action="/send?token=secret">', '/send'],
      ['<form>', '/page'],
    ] as const
    const fields = `<input name="name" value="Jane Doe"><input name="id" value="4111111111111111">
      <textarea name="text">secret words</textarea><button>Send</button></form>`
    const body = forms.map(([tag]) => tag.replace('<form', '<form method="post" target="sent"') + fields)
    const { collector, visitor } = await measured(stage, body.join(''))
    for (const rank of forms.keys()) await visitor.page.locator('form button').nth(rank).click()
    await expect
      .poll(() => told(collector, 'form'))
      .toEqual(forms.map(([, form]) => ({ url: `${stage.site}/page`, form })))
    await leave(visitor, stage.site)
    expect(JSON.stringify(collector.batches())).not.toMatch(/Jane|4111|secret/)
  })

  it('that the page does not let go, or leaves out, do not count', async () => {
    const body = `<form id="own" onsubmit="event.preventDefault()"><button>Send</button></form>
      <form id="out" target="_blank" data-track=""><button>Send</button></form><form id="sent" target="_blank"><button>Send</button></form>`
    const { collector, visitor } = await measured(stage, body)
    for (const id of ['own', 'out', 'sent']) await visitor.page.click(`#${id} button`)
    await expect.poll(() => told(collector, 'form').map(({ form }) => form)).toEqual(['sent'])
  })
})

describe('errors', () => {
  it('of the site’s own scripts are told with message and place, without addresses and queries', async () => {
    stage.pages.route('/app.js', {
      headers: { 'content-type': 'text/javascript' },
      body: `addEventListener('fail', () => { throw new TypeError('no answer of https://api.example/?token=secret now') })
        addEventListener('reject', () => { Promise.reject(new RangeError('too far')) })`,
    })
    const { collector, visitor } = await measured(stage, '<script src="/app.js?build=secret"></script>')
    await visitor.page.evaluate(() => {
      for (const name of ['fail', 'fail', 'reject', 'reject']) dispatchEvent(new Event(name))
    })
    await expect.poll(() => told(collector, 'error')).toHaveLength(2)
    await visitor.settle()
    expect(told(collector, 'error')).toEqual([
      {
        url: `${stage.site}/page`,
        message: 'TypeError: no answer of … now',
        place: expect.stringMatching(/^\/app\.js:1:\d+$/) as string,
      },
      {
        url: `${stage.site}/page`,
        message: 'RangeError: too far',
        place: expect.stringMatching(/^\/app\.js:2:\d+$/) as string,
      },
    ])
    expect(JSON.stringify(collector.batches())).not.toContain('secret')
  })

  it('of scripts of others are not, however much they tell', async () => {
    const foreign = out('/foreign.js')
    stage.pages.route('/foreign.js', {
      headers: { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' },
      body: `addEventListener('fail', () => { throw new Error('foreign') })
        addEventListener('fail', () => { Promise.reject(new Error('foreign too')) })`,
    })
    const { collector, visitor } = await measured(
      stage,
      `<script src="${foreign}"></script><script crossorigin src="${foreign}"></script>`,
    )
    await visitor.page.evaluate(() => {
      dispatchEvent(new Event('fail'))
      window.sluice?.track?.('end')
    })
    await expect.poll(() => told(collector, 'event')).toHaveLength(1)
    expect(told(collector, 'error')).toEqual([])
  })

  it('are at most ten a page, and odd reasons break nothing', async () => {
    const { collector, visitor } = await measured(stage)
    await visitor.page.evaluate(async () => {
      const wild = {
        get stack(): string {
          throw new Error('no stack')
        },
      }
      for (const reason of [undefined, null, 7, '', Symbol('x'), wild, Object.create(null)])
        void Promise.reject(reason)
      await new Promise((resolve) => setTimeout(resolve, 50))
      for (let rank = 0; rank < 100; rank++) void Promise.reject(new Error(`number ${rank}`))
    })
    await visitor.settle()
    expect(told(collector, 'error')).toHaveLength(10)
  })
})

describe('clicks', () => {
  const EVENTS = 'data-events="click"'
  it('R1.4 are told of by kind and name of what was clicked, and no name that looks like a person’s', async () => {
    const clicked = [
      ['<button id="x0">Buy now</button>', 'button Buy now'],
      ['<button id="x1" aria-label="Close"><svg></svg></button>', 'button Close'],
      ['<button id="x2"><img alt="Search" src="data:,"></button>', 'button Search'],
      ['<a id="x3" href="#part">Read  on\n now</a>', 'link Read on now'],
      ['<input id="x4" type="submit" value="Send" onclick="event.preventDefault()">', 'button Send'],
      ['<div id="x5" role="tab">Details</div>', 'tab Details'],
      ['<details><summary id="x6">More</summary></details>', 'summary More'],
      ['<div data-track="Hero"><p id="x7">Text</p></div>', 'Hero'],
      ['<button id="x8" data-track="Buy">Buy for 29</button>', 'Buy'],
      ['<button id="x9">jane@shop.example</button>', 'button'],
      ['<button id="x10">Visa 4242</button>', 'button'],
    ]
    const { collector, visitor } = await measured(stage, clicked.map(([tag]) => tag).join(''), EVENTS)
    for (const rank of clicked.keys()) await visitor.page.click(`#x${rank}`)
    await expect
      .poll(() => told(collector, 'click'))
      .toEqual(clicked.map(([, element]) => ({ url: `${stage.site}/page`, element })))
    expect(loaded(visitor, collector)).toContain('sluice-clicks.js')
  })

  it('on fields, texts that somebody writes and what is left out are none', async () => {
    const body = `<input id="a" value="Jane"><select id="b"><option>Jane</option></select><textarea id="c">Jane</textarea>
      <p id="d">Text</p><div contenteditable><button id="e">Jane</button></div><div data-track=""><b id="f">Jane</b></div>
      <label id="g">Jane <input type="checkbox"></label><button id="end">End</button>`
    const { collector, visitor } = await measured(stage, body, EVENTS)
    for (const id of 'abcdefg') await visitor.page.click(`#${id}`, { force: true })
    await visitor.page.click('#end')
    await expect.poll(() => told(collector, 'click').map(({ element }) => element)).toEqual(['button End'])
  })

  it('are measured where the site asks for them, and else not', async () => {
    const { collector, visitor } = await measured(stage, '<button id="x">Buy</button>')
    await visitor.page.click('#x')
    await visitor.page.evaluate(() => window.sluice?.track?.('end'))
    await expect.poll(() => told(collector, 'event')).toHaveLength(1)
    expect(told(collector, 'click')).toEqual([])
    expect(loaded(visitor, collector)).not.toContain('sluice-clicks.js')
  })
})

describe('data-events', () => {
  const body =
    (): string => `<a id="out" target="new" href="${out()}">There</a><a id="file" download href="/a.pdf">File</a>
    <form id="f" target="new"><button>Send</button></form>`
  it.each([
    ['', ['event', 'visit']],
    ['outbound', ['event', 'outbound', 'visit']],
    ['download', ['download', 'event', 'visit']],
    ['form', ['event', 'form', 'visit']],
    ['error', ['error', 'event', 'visit']],
    ['vital', ['event', 'visit', 'vital']],
    ['click', ['click', 'event', 'visit']],
  ])('"%s" measures that and nothing else, besides what the page tells', async (kinds, expected) => {
    const { collector, visitor } = await measured(stage, body(), `data-events="${kinds}"`)
    for (const selector of ['#out', '#file', '#f button']) await visitor.page.click(selector)
    await visitor.page.evaluate(() => {
      void Promise.reject(new Error('failed'))
      window.sluice?.track?.('own')
    })
    await visitor.settle()
    await leave(visitor, stage.site)
    expect([...new Set(more(collector).map(({ type }) => type))].toSorted()).toEqual(expected)
  })
})

describe('conditions', () => {
  it('a strict content policy and trusted types stand in nobody’s way', async () => {
    const collector = await stage.collect()
    const policy = `default-src 'none'; script-src ${collector.url}; connect-src ${collector.url}; style-src ${collector.url}; require-trusted-types-for 'script'`
    stage.pages.route('/page', {
      headers: { 'content-security-policy': policy },
      body: html(
        collector.tag('data-events="outbound vital click"'),
        `<a id="out" target="_blank" href="${out('/plain')}">There</a>`,
      ),
    })
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    await visitor.page.click('#out')
    await expect.poll(() => told(collector, 'outbound')).toHaveLength(1)
    expect(told(collector, 'click')).toHaveLength(1)
    expect(visitor.complaints).toEqual([])
  })

  it.each([
    ['async', (url: string) => `<script async src="${url}/sluice.js" data-site="shop.example"></script>`],
    [
      'inserted by a script',
      (url: string) => `<script>const s = document.createElement('script'); s.src = '${url}/sluice.js'
        s.dataset.site = 'shop.example'; document.head.append(s)</script>`,
    ],
    [
      'on the page twice',
      (url: string) => `<script defer src="${url}/sluice.js" data-site="shop.example"></script>`.repeat(2),
    ],
    [
      'beside trackers that patch the history and freeze what they can',
      (url: string) => `<script>for (const name of ['pushState', 'replaceState']) { const own = history[name]
        history[name] = function () { return own.apply(this, arguments) } }
        Object.freeze(history)</script><script defer src="${url}/sluice.js" data-site="shop.example"></script>`,
    ],
  ])('a tag %s counts each click once', async (_, tag) => {
    const { collector, visitor } = await measured(stage)
    const link = `<a id="out" target="_blank" href="${out('/plain')}">There</a>`
    stage.pages.route('/other', html(tag(collector.url), link))
    await visitor.page.goto(`${stage.site}/other`)
    await visitor.page.waitForFunction(() => window.sluice?.consent)
    await visitor.settle()
    await visitor.page.click('#out')
    await visitor.page.evaluate(() => window.sluice?.track?.('once'))
    await expect.poll(() => told(collector, 'event')).toHaveLength(1)
    await visitor.settle()
    expect(told(collector, 'outbound')).toHaveLength(1)
    expect(visitor.complaints).toEqual([])
  })

  it('a click within a frame of the site is told of by the frame alone', async () => {
    const { collector, visitor } = await measured(stage, '<iframe src="/other"></iframe>')
    stage.pages.route(
      '/other',
      html(collector.tag(), `<a id="out" target="_blank" href="${out()}">There</a>`),
    )
    await visitor.page.reload()
    await visitor.settle()
    await visitor.page.frameLocator('iframe').locator('#out').click()
    await expect
      .poll(() => told(collector, 'outbound').map(({ url }) => url))
      .toEqual([`${stage.site}/other`])
  })
})
