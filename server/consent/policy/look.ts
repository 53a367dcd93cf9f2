import type { TokenName } from '../../../schema/policy.ts'
import { contrast } from './contrast.ts'

type ColorName = Exclude<TokenName, 'radius'>
type Colors = Record<ColorName, string>

/** The built-in look, as in schema/look.css. A token that a site does not set keeps these, and is judged with them. */
export const LIGHT: Colors = {
  paper: '#fbfaf7',
  surface: '#ffffff',
  ink: '#1c2326',
  'quiet-ink': '#5b666b',
  hairline: '#e3e0d8',
  edge: '#7f8889',
  water: '#0b6b74',
}
export const DARK: Colors = {
  paper: '#121517',
  surface: '#1a1f22',
  ink: '#e8ecea',
  'quiet-ink': '#9aa7a5',
  hairline: '#2b3336',
  edge: '#6a777b',
  water: '#4cc3c7',
}

/** What stands on what: texts at 4.5:1 (WCAG 2.2, 1.4.3), edges of controls at 3:1 (1.4.11). */
const PAIRS: readonly (readonly [ColorName, readonly ColorName[], number])[] = [
  ['ink', ['paper', 'surface'], 4.5],
  ['quiet-ink', ['paper', 'surface'], 4.5],
  ['water', ['paper', 'surface'], 4.5],
  ['edge', ['paper', 'surface'], 3],
]

const HEX = '#(?:[\\da-f]{3}|[\\da-f]{6})'
const COLOR = new RegExp(`^(?:${HEX}|light-dark\\(${HEX}, ?${HEX}\\))$`, 'i')
const RADIUS = /^(?:[0-9]|1[0-9]|2[0-4])px$/

/** Whether a token's value is one that the look accepts. */
export function isTokenValue(name: TokenName, value: string): boolean {
  return name === 'radius' ? RADIUS.test(value) : COLOR.test(value)
}

/** Two tokens of a look that cannot be told apart well enough. */
export interface WeakPair {
  text: TokenName
  ground: TokenName
  scheme: 'light' | 'dark'
  /** What it is and what it must be, WCAG contrast ratio. */
  ratio: number
  least: number
}

/** The pairs that are too weak with these tokens; each value is one that isTokenValue accepts. */
export function weakPairs(tokens: Partial<Record<TokenName, string>>): WeakPair[] {
  return (['light', 'dark'] as const).flatMap((scheme) => {
    const colors = { ...(scheme === 'light' ? LIGHT : DARK), ...chosen(tokens, scheme) }
    return PAIRS.flatMap(([text, grounds, least]) =>
      grounds
        .map((ground) => ({ text, ground, scheme, ratio: contrast(colors[text], colors[ground]), least }))
        .filter(({ ratio }) => ratio < least),
    )
  })
}

function chosen(tokens: Partial<Record<TokenName, string>>, scheme: 'light' | 'dark'): Partial<Colors> {
  const colors = Object.entries(tokens).filter(([name]) => name !== 'radius')
  return Object.fromEntries(
    colors.map(([name, value]) => {
      const [light, dark] = value.match(/#[\da-f]+/gi) ?? []
      return [name, scheme === 'light' ? light : (dark ?? light)]
    }),
  )
}
