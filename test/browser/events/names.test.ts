import type { CDPSession, ElementHandle, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useConsentStage } from '../consent/consent-stage.ts'
import { measured, told } from './events-stage.ts'

const stage = useConsentStage()
const PICTURE = 'src="data:,"'

/** Controls that the tracker has to call what Chromium's accessibility tree calls them; the one that is clicked is `.x`. */
const SAME = [
  '<button class="x">Buy now</button>',
  '<button class="x">  Buy\n\t now&nbsp; </button>',
  '<button class="x">Sales <b>this</b> week</button>',
  '<button class="x">S<b>ave</b></button>',
  '<button class="x"><span>Cart</span><span>of Bo</span></button>',
  '<button class="x">Save<!-- for later --> all</button>',
  '<button class="x"><div>Buy</div><div>now</div></button>',
  '<button class="x"><p>Free</p>for ever</button>',
  '<button class="x" style="display:flex"><span>Cart</span><span>two</span></button>',
  '<button class="x">H<sub>2</sub>O</button>',
  '<button class="x">★ Rate</button>',
  '<button class="x" aria-label="Close">x</button>',
  '<button class="x" aria-label="">Open</button>',
  '<button class="x" aria-label=" ">Open it</button>',
  '<button class="x" aria-label="Close  the\n dialog"></button>',
  '<button class="x" aria-label="Help" title="What is this?"></button>',
  '<button class="x" title="Settings"></button>',
  '<button class="x" title="Settings">Gear</button>',
  '<button class="x" title="Menu"><svg></svg></button>',
  '<h2 id="h">Report</h2><button class="x" aria-labelledby="h">Open</button>',
  '<h2 id="h2">of May</h2><button class="x" id="self" aria-label="Delete" aria-labelledby="self h2">x</button>',
  '<h2 id="h3">of June</h2><button class="x" id="self2" aria-labelledby="self2 h3">Copy</button>',
  '<i id="c3">third</i><i id="c2" aria-labelledby="c3">second</i><button class="x" aria-labelledby="c2">first</button>',
  '<i id="c5">third</i><i id="c4" aria-labelledby="c5" aria-label="label of second">second</i><button class="x" aria-labelledby="c4">first</button>',
  '<span id="hid" hidden>Hidden words</span><button class="x" aria-labelledby="hid">y</button>',
  '<div hidden><span id="hid2">Deeply hidden</span></div><button class="x" aria-labelledby="hid2">y</button>',
  '<span id="ahid" aria-labelledby="none"><img alt="Map" src="data:,"></span><button class="x" aria-labelledby="ahid">y</button>',
  '<button class="x" aria-labelledby="nowhere">Falls back</button>',
  '<button class="x" aria-labelledby="">Falls back too</button>',
  `<button class="x"><img alt="Search" ${PICTURE}></button>`,
  `<button class="x"><img alt="Flag" ${PICTURE}> English</button>`,
  `<button class="x"><img alt="" ${PICTURE}> Deutsch</button>`,
  `<button class="x"><img title="Of a picture" ${PICTURE}></button>`,
  '<button class="x"><svg role="img" aria-label="Star"></svg> it</button>',
  '<button class="x"><svg aria-hidden="true"><title>No</title></svg> Pin</button>',
  '<button class="x"><i role="img" aria-label="Bell"></i></button>',
  '<button class="x">Add <span hidden>to nothing</span></button>',
  '<button class="x">Add <span style="display:none">to nothing</span> all</button>',
  '<button class="x">Next <span aria-hidden="true">→</span></button>',
  '<button class="x">More<span style="position:absolute;clip-path:inset(50%)"> about bicycles</span></button>',
  '<button class="x"><style>.none{}</style><script></script>Plain</button>',
  '<button class="x"><span aria-label="Twelve">XII</span> hours</button>',
  '<button class="x"><abbr title="Frequently asked questions">FAQ</abbr></button>',
  '<input class="x" type="button" value="Press">',
  '<input class="x" type="button" value="Press" aria-label="Press here">',
  '<input class="x" type="submit" value="Send" onclick="event.preventDefault()">',
  '<input class="x" type="reset" value="Undo">',
  `<input class="x" type="image" alt="Go" ${PICTURE} onclick="event.preventDefault()">`,
  `<input class="x" type="image" title="Find" ${PICTURE} onclick="event.preventDefault()">`,
  '<a class="x" href="#a">Read on</a>',
  '<a class="x" href="#a"><h3>Bicycles</h3><p>With two wheels</p></a>',
  `<a class="x" href="#a"><img alt="Home" ${PICTURE}></a>`,
  '<a class="x" href="#a" title="To the top">^</a>',
  '<a class="x" href="#a" aria-label="Imprint">i</a>',
  '<a class="x" href="#a" role="button">Play</a>',
  '<button class="x" role="tab">Details</button>',
  '<div class="x" role="button" tabindex="0">Own <b>button</b></div>',
  '<div role="tablist"><div class="x" role="tab" tabindex="0">First</div></div>',
  '<div role="menu"><div class="x" role="menuitem" tabindex="0">Print</div></div>',
  '<span class="x" role="link" tabindex="0">Elsewhere</span>',
  '<details><summary class="x">Terms</summary>x</details>',
  '<details><summary class="x" aria-label="All terms">Terms</summary>x</details>',
  '<own-button shadow="<button class=x><slot></slot></button>">Slotted</own-button>',
  '<own-button shadow="<button class=x>To <slot></slot> now</button>"><em>be slotted</em></own-button>',
  '<own-button shadow="<button class=x><slot>Unless given</slot></button>"></own-button>',
  '<own-button shadow="<i id=in>Within</i><button class=x aria-labelledby=in>y</button>"></own-button>',
]

/** Where the tracker says less, or something else, on purpose: what Chromium says, and the label. */
const OTHER: [html: string, name: string, label: string][] = [
  // What was typed or chosen.
  ['<div class="x" role="button">Find <input value="Jane"></div>', 'Find Jane', 'button Find'],
  ['<div class="x" role="button">Find <textarea>Jane</textarea></div>', 'Find Jane', 'button Find'],
  ['<div class="x" role="button">Of <select><option>Jane</select></div>', 'Of Jane', 'button Of'],
  ['<div class="x" role="button">To <b contenteditable>Jane</b></div>', 'To Jane', 'button To'],
  ['<input id="v1" value="Jane"><button class="x" aria-labelledby="v1">Go</button>', 'Jane', 'button Go'],
  [
    '<b id="v2" contenteditable>Jane</b><button class="x" aria-labelledby="v2">Go</button>',
    'Jane',
    'button Go',
  ],
  [
    '<div contenteditable><b id="v3">Jane</b></div><button class="x" aria-labelledby="v3">Go</button>',
    'Jane',
    'button Go',
  ],
  // What the page leaves out, and what may be of a person.
  ['<button class="x">Call <b data-track="">Jane</b></button>', 'Call Jane', 'button Call'],
  ['<button class="x">jane@shop.example</button>', 'jane@shop.example', 'button'],
  ['<button class="x" aria-label="Call 0123456">Call</button>', 'Call 0123456', 'button'],
  ['<button class="x" data-track="Buy">Buy it</button>', 'Buy it', 'Buy'],
  [
    '<div data-track=""><b id="v4">Jane</b></div><button class="x" aria-labelledby="v4">Go</button>',
    'Jane',
    'button Go',
  ],
  // Words of the browser, in its own language.
  ['<input class="x" type="submit" onclick="event.preventDefault()">', 'Submit', 'button'],
  // What costs more bytes than it is worth.
  [
    '<style>#pre::before{content:"New "}</style><button class="x" id="pre">Mail</button>',
    'New Mail',
    'button Mail',
  ],
  ['<label for="lab">Label</label><button class="x" id="lab">Text</button>', 'Label', 'button Text'],
  ['<button class="x">Save<i style="visibility:hidden"> it</i></button>', 'Save', 'button Save it'],
  [
    '<b id="v5" aria-hidden="true">Of it</b><button class="x" aria-labelledby="v5">Go</button>',
    'Of it',
    'button Go',
  ],
  [
    '<b id="v6">Of <i hidden>all</i></b><button class="x" aria-labelledby="v6">Go</button>',
    'Of',
    'button Of all',
  ],
  ['<button class="x"><own-name shadow="of a part"></own-name></button>', 'of a part', 'button'],
]

/** Gives each element with the attribute `shadow` that as its shadow tree. */
function attachShadows(): void {
  for (const host of document.querySelectorAll('[shadow]')) {
    host.attachShadow({ mode: 'open' }).innerHTML = host.getAttribute('shadow') ?? ''
  }
}

interface Named {
  role: string
  name: string
}

/** One for each case, in their order, also within shadow trees. */
async function controls(page: Page): Promise<ElementHandle[]> {
  const found: ElementHandle[] = []
  for (const one of await page.locator('.case').all())
    found.push(...(await one.locator('.x').elementHandles()))
  return found
}

/** Of each `.x`, also within shadow trees, what Chromium's accessibility tree says. */
async function named(page: Page, session: CDPSession): Promise<Named[]> {
  const found: Named[] = []
  for (const element of await controls(page)) {
    await element.evaluate((node) => Object.assign(window, { asked: node }))
    const { result } = await session.send('Runtime.evaluate', { expression: 'window.asked' })
    const { nodes } = await session.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId as string,
      fetchRelatives: false,
    })
    const [role, name] = [nodes[0]?.role, nodes[0]?.name].map((one) => String(one?.value))
    // Chromium leaves spaces at the ends where something hidden follows.
    found.push({ role: role ?? '', name: (name ?? '').replace(/\s+/g, ' ').trim() })
  }
  return found
}

describe('R1.4 the names of what is clicked', () => {
  it('are those of the browser’s accessibility tree, and less where docs/tracker.md says so', async () => {
    const body = [...SAME, ...OTHER.map(([html]) => html)]
      .map((html) => `<div class="case">${html}</div>`)
      .join('\n')
    const { collector, visitor } = await measured(
      stage,
      // Beside what Sluice itself shows at the edge.
      `<div style="margin-left:50%">${body}</div><script>(${attachShadows.toString()})()</script>`,
      'data-events="click"',
    )
    const { page } = visitor
    const session = await page.context().newCDPSession(page)
    await session.send('Accessibility.enable')
    const seen = await named(page, session)
    expect(seen.length).toBe(SAME.length + OTHER.length)
    expect(seen.slice(SAME.length).map(({ name }) => name)).toEqual(OTHER.map(([, name]) => name))

    for (const element of await controls(page)) await element.click({ force: true, position: { x: 1, y: 1 } })
    await expect.poll(() => told(collector, 'click').length).toBe(seen.length)
    const labels = told(collector, 'click').map(({ element }) => element)
    const expected = seen.map(({ role, name }) =>
      `${role.replace('DisclosureTriangle', 'summary')} ${name}`.trim(),
    )
    expect(labels.slice(0, SAME.length)).toEqual(expected.slice(0, SAME.length))
    expect(labels.slice(SAME.length)).toEqual(OTHER.map(([, , label]) => label))
    expect(JSON.stringify(collector.batches())).not.toContain('Jane')
  })

  it('stand, and the click is told, where a field has the name of a method that its form has', async () => {
    const body = `<form><input name="matches"><input name="closest"><button class="x" type="button">Find</button></form>
      <img name="matches" id="matches">`
    const { collector, visitor } = await measured(stage, body, 'data-events="click"')
    const faults: string[] = []
    visitor.page.on('pageerror', ({ message }) => faults.push(message))
    await visitor.page.click('.x')
    await expect.poll(() => told(collector, 'click').map(({ element }) => element)).toEqual(['button Find'])
    expect(faults).toEqual([])
  })
})
