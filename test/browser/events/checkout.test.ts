import { expect, it } from 'vitest'
import type { Visitor } from '../../support/browser.ts'
import { useConsentStage } from '../consent/consent-stage.ts'
import { leave, measured, more } from './events-stage.ts'

const stage = useConsentStage()

/** What somebody types, picks or reads about themselves on these pages. */
const SENTINELS = [
  'Wilhelmina Sentinel',
  'wilhelmina@sentinel.example',
  '4111 1111 1111 1111',
  '4111111111111111',
  '12/31',
  '987',
  '17 Sentinel Street',
  'Sentinelville',
  'DE89370400440532013000',
  '+49 170 5550100',
  'hunter2-sentinel',
  'secret words of a sentinel',
]
const [NAME, EMAIL, CARD, PLAIN_CARD, EXPIRY, CVC, STREET, TOWN, IBAN, PHONE, PASSWORD, WORDS] =
  SENTINELS as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]

/** Check-out pages as shops build them, each with what is known of the person on it. */
const PAGES: Record<string, string> = {
  'one form with everything': `<form name="checkout"><input autocomplete="name" value="${NAME}"><input autocomplete="email" value="${EMAIL}">
    <input autocomplete="cc-number" value="${CARD}"><input autocomplete="cc-exp" value="${EXPIRY}"><input autocomplete="cc-csc" value="${CVC}">
    <button>Pay as ${NAME}</button></form>`,
  'saved addresses as buttons': `<form id="address"><input autocomplete="section-a shipping street-address" value="${STREET}">
    <button type="button">Deliver to ${NAME}, ${STREET}, ${TOWN}</button><button type="button" aria-label="Edit the address of ${NAME}">Edit</button></form>`,
  'saved cards as tabs': `<input type="password" value="${PASSWORD}"><div role="tab">${NAME}, card ${CARD}</div><a href="#x">Use ${NAME}’s card</a>`,
  'a guest form, named by fields': `<form><input name="name" value="${NAME}"><input name="id" value="${IBAN}"><input name="action" value="${WORDS}"><button>Go on</button></form>`,
  'fields in a fieldset with labels': `<fieldset><label>${NAME} <input type="radio" name="who"></label><label for="t">${STREET}</label>
    <textarea id="t">${WORDS}</textarea><select><option>${TOWN}</option></select></fieldset>`,
  'a note that can be written in': `<div contenteditable><button>${WORDS}</button><a href="#x">${NAME}</a></div>`,
  'a form with its data in the action': `<form action="/pay/?name=${encodeURIComponent(NAME)}&card=${PLAIN_CARD}#${encodeURIComponent(EMAIL)}"><button>Pay</button></form>`,
  'links with data in them': `<a href="/receipt.pdf?for=${encodeURIComponent(EMAIL)}&card=${PLAIN_CARD}" download="${NAME}.pdf">Receipt</a>
    <a href="http://pay.example/go?iban=${IBAN}#${encodeURIComponent(NAME)}" target="_blank">Pay there</a><a href="mailto:${EMAIL}">${EMAIL}</a><a href="tel:${PHONE}">${PHONE}</a>`,
  'buttons with what is known on them': `<button>${EMAIL}</button><button>${CARD}</button><button>${PHONE}</button><button>${IBAN}</button>
    <div data-track=""><button>${NAME}</button></div><button data-track="account">${NAME}</button>`,
  'a script that fails over what was typed': `<button onclick="fail()">Pay</button><script>
    function fail() { fetch.call; throw new Error('no answer of https://pay.example/?card=${PLAIN_CARD}&name=' + encodeURIComponent('${NAME}')) }</script>`,
}

/** Touches all there is, as somebody who tries everything; what leads away opens beside the page. */
async function touchAll({ page }: Visitor): Promise<void> {
  await page.evaluate(() => {
    document.querySelector('#other')?.remove()
    for (const element of document.querySelectorAll('a, form')) element.setAttribute('target', 'aside')
  })
  const touched = page.locator('main :is(button, a, input, textarea, select, [role], label)')
  for (const element of await touched.all())
    await element.click({ force: true, noWaitAfter: true, timeout: 1_000 })
  for (const field of await page.locator('main :is(input:not([type=radio]), textarea)').all())
    await field.pressSequentially(WORDS)
}

/** On these there is nothing but fields and what somebody writes. */
const SILENT = ['fields in a fieldset with labels', 'a note that can be written in']

it.each(Object.entries(PAGES))(
  'R1.1b nothing of a person leaves a check-out page: %s',
  async (name, body) => {
    const { collector, visitor } = await measured(
      stage,
      body,
      'data-events="outbound download form error vital click"',
    )
    await touchAll(visitor)
    await leave(visitor, stage.site)
    // Ids are random numbers, which can hold any digits.
    const events = more(collector).map((event) => ({ ...event, id: '', time: 0 }))
    const sent = decodeURIComponent(JSON.stringify(events))
    for (const sentinel of SENTINELS) {
      for (const part of [sentinel, sentinel.replaceAll(' ', ''), sentinel.split(' ', 1).join()])
        if (part.length > 3) expect(sent).not.toContain(part)
    }
    const touches = events.filter(({ type }) => type !== 'visit' && type !== 'vital')
    expect(touches.length > 0).toBe(!SILENT.includes(name))
  },
)
