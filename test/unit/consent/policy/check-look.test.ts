import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DARK, LIGHT } from '../../../../server/consent/policy/look.ts'
import { projectRoot } from '../../../../server/project-root.ts'
import { manifest, refusals } from './manifests.ts'

const look = (tokens: Record<string, string>): string[] =>
  refusals(manifest({ appearance: { ...manifest().appearance, tokens } }))

describe('what a site sets of the look', () => {
  it('is colours, for light and dark alike or apart, and a radius', () => {
    expect(look({})).toEqual([])
    expect(look({ water: 'light-dark(#7a1f5c, #f0a6d6)', radius: '0px' })).toEqual([])
    expect(look({ hairline: '#abc', radius: '24px' })).toEqual([])
  })

  it.each(['accept-background', 'reject-ink', 'button-size', 'primary', 'btn'])(
    'R6.5 is never %s, which would make one button weaker',
    (name) => {
      expect(look({ [name]: '#000' })).toEqual([
        expect.stringMatching(/Accept and reject always weigh the same/),
      ])
    },
  )

  it.each(['font', 'z-index', '--ink', 'INK', 'position'])('is not %s, which is no token', (name) => {
    expect(look({ [name]: '#000' })).toEqual([expect.stringMatching(/no token of the look/)])
  })

  it.each([
    'red',
    'rgb(0,0,0)',
    '#12345',
    'var(--x)',
    'url(https://tracker.example/x.gif)',
    '#000; display:none',
    '#00000000',
    'transparent',
    'light-dark(#000)',
    '',
  ])('is no colour like %j', (ink) => {
    expect(look({ ink })).toEqual([expect.stringMatching(/^appearance\.tokens\.ink: A colour is written/)])
  })

  it.each(['25px', '8', '1em', '-1px', '8px 0'])('is no radius like %j', (radius) => {
    expect(look({ radius })).toEqual([expect.stringMatching(/^appearance\.tokens\.radius: /)])
  })

  it('can be read: text pairs below 4.5:1 are refused, with the figure and the scheme', () => {
    expect(look({ ink: 'light-dark(#767676, #e8ecea)', paper: 'light-dark(#ffffff, #121517)' })).toEqual([])
    expect(look({ ink: 'light-dark(#777777, #e8ecea)' })).toEqual([
      expect.stringMatching(
        /^appearance\.tokens\.ink: ink on paper has a contrast of 4\.2\d:1 in light mode and needs 4\.5:1/,
      ),
      expect.stringMatching(
        /^appearance\.tokens\.ink: ink on surface has a contrast of 4\.47:1 in light mode/,
      ),
    ])
  })

  it('can be read in the dark too: one colour for both is judged on both grounds', () => {
    expect(look({ paper: '#ffffff' }).some((sentence) => sentence.includes('in dark mode'))).toBe(true)
    expect(look({ water: '#0b6b74' })).toEqual([
      expect.stringMatching(/water on paper .* in dark mode/),
      expect.stringMatching(/water on surface .* in dark mode/),
    ])
  })

  it('leaves the edges of controls visible at 3:1', () => {
    expect(look({ edge: 'light-dark(#949494, #6a777b)', paper: 'light-dark(#ffffff, #121517)' })).toEqual([])
    expect(look({ edge: 'light-dark(#969696, #6a777b)' })).toEqual([
      expect.stringMatching(/edge on paper .* needs 3:1/),
      expect.stringMatching(/edge on surface .* needs 3:1/),
    ])
  })
})

describe('the built-in look', () => {
  it('is the one of schema/look.css', () => {
    const css = readFileSync(path.join(projectRoot, 'schema/look.css'), 'utf8')
    const [light, dark] = css
      .split('prefers-color-scheme: dark')
      .map((part) =>
        Object.fromEntries(
          [...part.matchAll(/--sluice-([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
        ),
      )
    expect(light).toMatchObject(LIGHT)
    expect(dark).toMatchObject(DARK)
  })
})
