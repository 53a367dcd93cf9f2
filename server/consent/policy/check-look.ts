import { TOKEN_NAMES, type Appearance, type TokenName } from '../../../schema/policy.ts'
import { refused, type Finding } from './finding.ts'
import { isTokenValue, weakPairs } from './look.ts'

/** What a site sets of the look: known tokens, plain values, and nothing that cannot be read in light or dark. */
export function checkLook(appearance: Appearance): Finding[] {
  const findings = Object.entries(appearance.tokens).flatMap(([name, value]) => {
    const fault = faultOfToken(name, value)
    return fault === undefined ? [] : [refused(`appearance.tokens.${name.slice(0, 40)}`, fault)]
  })
  if (findings.length > 0) return findings
  return weakPairs(appearance.tokens).map(({ text, ground, scheme, ratio, least }) =>
    refused(
      `appearance.tokens.${Object.hasOwn(appearance.tokens, text) ? text : ground}`,
      `${text} on ${ground} has a contrast of ${shown(ratio)} in ${scheme} mode and needs ${least}:1 (WCAG 2.2): choose colours further apart, for light and dark with light-dark(#…, #…).`,
    ),
  )
}

function faultOfToken(name: string, value: string): string | undefined {
  if (!isTokenName(name)) {
    return /accept|reject|refuse|button|btn|primary|secondary/i.test(name)
      ? 'Accept and reject always weigh the same: what belongs to one button cannot be set.'
      : `This is no token of the look: set ${TOKEN_NAMES.join(', ')}.`
  }
  if (isTokenValue(name, value)) return undefined
  return name === 'radius'
    ? 'The radius is a length from 0px to 24px.'
    : 'A colour is written #0b6b74, or light-dark(#0b6b74, #4cc3c7).'
}

function isTokenName(name: string): name is TokenName {
  return (TOKEN_NAMES as readonly string[]).includes(name)
}

/** Rounded down, so that a contrast just below the limit is not shown as the limit. */
function shown(ratio: number): string {
  return `${Math.floor(ratio * 100) / 100}:1`
}
