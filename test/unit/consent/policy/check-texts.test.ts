import { describe, expect, it } from 'vitest'
import { NOTICE_TEXTS } from '../../../../schema/consent-text/index.ts'
import type { NoticeTexts } from '../../../../schema/policy.ts'
import { manifest, refusals } from './manifests.ts'

const english = (texts: Partial<NoticeTexts>): string[] => refusals(manifest({ texts: { en: texts } }))

describe('texts of a site’s own', () => {
  it('replace some of the built-in ones, also for a region', () => {
    expect(english({ title: 'Cookies & you', acceptAll: 'Yes to all', rejectAll: 'No to all' })).toEqual([])
    expect(refusals(manifest({ texts: { 'de-AT': { title: 'Servus' } } }))).toEqual([])
  })

  it.each([
    'Hello <b>you</b>',
    'a > b',
    '&lt;script&gt;',
    'one\ntwo',
    'a\u0007b',
    '\u2067abc',
    '{{revisionMessage}}',
  ])('are plain: %j is refused', (title) => {
    expect(english({ title })).toEqual([expect.stringMatching(/^texts\.en\.title: /)])
  })

  it('are plain at every depth', () => {
    const { categories } = NOTICE_TEXTS.en
    const changed = { ...categories, targeting: { ...categories.targeting, description: '<i>ads</i>' } }
    expect(english({ categories: changed })).toEqual([
      expect.stringMatching(/^texts\.en\.categories\.targeting\.description: /),
    ])
  })

  it.each([' ', '\u200b', '\u00ad\u2060', '\u3164\u115f', '…', '—'])(
    'say something on the reject button: %j is nothing',
    (rejectAll) => {
      expect(english({ rejectAll })).toEqual([expect.stringMatching(/^texts\.en\.rejectAll: This is empty/)])
    },
  )

  it('do not make refusing look like accepting', () => {
    expect(english({ rejectAll: 'Accept all' })).toEqual([
      expect.stringMatching(/^texts\.en\.rejectAll: .*different labels/),
    ])
    expect(english({ rejectAll: 'ＡＣＣＥＰＴ all ' })).toHaveLength(1)
    expect(english({ rejectAll: 'No, I would rather not help you to make this website better' })).toEqual([
      expect.stringMatching(/^texts\.en\.rejectAll: A button has room for 40/),
    ])
  })

  it('fill in only what somebody fills in', () => {
    expect(english({ title: 'Hello from {company}' })).toEqual([
      expect.stringMatching(/^texts\.en\.title: \{company\}/),
    ])
    expect(english({ placeholder: 'From {service} and {count}' })).toEqual([
      expect.stringMatching(/^texts\.en\.placeholder: \{count\} .* only \{service\} can stand here/),
    ])
  })

  it('R6.6 name the controller, the purposes and the contact', () => {
    expect(english({ intro: 'May we, for {purposes}?' })).toEqual([
      expect.stringMatching(/^texts\.en\.intro: .*\{controller\}/),
    ])
    expect(english({ intro: 'May {controller}?' })).toEqual([
      expect.stringMatching(/^texts\.en\.intro: .*\{purposes\}/),
    ])
    expect(english({ contact: 'Ask {controller}' })).toEqual([
      expect.stringMatching(/^texts\.en\.contact: .*\{contact\}/),
    ])
  })

  it('in a language that is not built in are all there, or refused by name', () => {
    expect(refusals(manifest({ texts: { nl: { title: 'Uw keuze' } } }))).toEqual([
      expect.stringMatching(
        /^texts\.nl: nl is not built in \(en, de, fr, es, ar are\).*: intro, acceptAll, .* missing\.$/,
      ),
    ])
    expect(refusals(manifest({ texts: { nl: NOTICE_TEXTS.en } }))).toEqual([])
    expect(refusals(manifest({ language: 'nl', texts: { nl: NOTICE_TEXTS.en } }))).toEqual([])
  })

  it('are in a language that there is', () => {
    expect(refusals(manifest({ texts: { 'en-us': {} } }))).toEqual([
      expect.stringMatching(/^texts\.en-us: .*no language tag/),
    ])
    expect(refusals(manifest({ language: 'English' }))).toEqual([
      expect.stringMatching(/^language: "English" is no language tag/),
    ])
  })
})
