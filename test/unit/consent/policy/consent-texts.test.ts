import { describe, expect, it } from 'vitest'
import { BUILT_IN_LANGUAGES, NOTICE_TEXTS, OWN_TEXTS } from '../../../../schema/consent-text/index.ts'
import { manifest, refusals } from './manifests.ts'

/** Every text with its way. */
function leaves(tree: object, way = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]: [string, string | object]) =>
      typeof value === 'string' ? [[way + name, value]] : Object.entries(leaves(value, `${way}${name}.`)),
    ),
  )
}

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

describe('the built-in texts', () => {
  it.each(BUILT_IN_LANGUAGES)('in %s pass the checks that a site’s own texts have to pass', (language) => {
    expect(refusals(manifest({ texts: { [language]: NOTICE_TEXTS[language] } }))).toEqual([])
  })

  it.each(BUILT_IN_LANGUAGES)('in %s fill in the same names as in English', (language) => {
    const english = leaves(NOTICE_TEXTS.en)
    for (const [way, text] of Object.entries(leaves(NOTICE_TEXTS[language]))) {
      expect([way, placeholders(text)]).toEqual([way, placeholders(english[way] ?? '')])
    }
  })

  it.each(BUILT_IN_LANGUAGES.filter((language) => language !== 'en'))('in %s are translated', (language) => {
    const english = { ...leaves(NOTICE_TEXTS.en), ...leaves(OWN_TEXTS.en) }
    const same = Object.entries({ ...leaves(NOTICE_TEXTS[language]), ...leaves(OWN_TEXTS[language]) })
      .filter(([way, text]) => english[way] === text)
      .map(([way]) => way)
    // Words that are the same in both.
    expect(same.filter((way) => !['kinds.cookie', 'table.name', 'statistics.name'].includes(way))).toEqual([])
  })

  it('are at home in Arabic script', () => {
    for (const [way, text] of Object.entries({ ...leaves(NOTICE_TEXTS.ar), ...leaves(OWN_TEXTS.ar) })) {
      expect([way, /\p{Script=Arabic}/u.test(text)]).toEqual([way, true])
    }
  })

  it('are short enough on the first layer: an introduction of two lines, buttons of one', () => {
    for (const language of BUILT_IN_LANGUAGES) {
      const { intro, acceptAll, rejectAll, choose } = NOTICE_TEXTS[language]
      expect(intro.length).toBeLessThanOrEqual(220)
      for (const label of [acceptAll, rejectAll, choose]) expect(label.length).toBeLessThanOrEqual(20)
    }
  })
})
