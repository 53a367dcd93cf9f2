import type { Request } from 'express'
import type { PolicyVersion } from '../../../schema/policy.ts'
import { languagesOf } from '../policy/texts.ts'
import type { Site } from '../../../schema/site.ts'

/** What can be switched, the first of each where nothing is said; the language too, as the manifest has them. */
export const SWITCHES = {
  layer: ['banner', 'dialog'],
  look: ['system', 'light', 'dark'],
  width: ['wide', 'phone', 'narrow'],
  gpc: ['off', 'on'],
  statistics: ['off', 'on'],
} as const

export type SwitchName = keyof typeof SWITCHES | 'language'

/** All of a preview's state; it stands in the address. */
export type Switches = { [Name in keyof typeof SWITCHES]: (typeof SWITCHES)[Name][number] } & {
  language: string
}

/** Reads the address. What is unknown there counts as not said. */
export function readSwitches(
  { query }: Pick<Request, 'query'>,
  { preConsent }: Pick<Site, 'preConsent'>,
  { manifest }: Pick<PolicyVersion, 'manifest'>,
): Switches {
  const read = <Value extends string>(name: SwitchName, known: readonly Value[], otherwise: Value): Value =>
    known.find((value) => value === query[name]) ?? otherwise
  return {
    language: read('language', languagesOf(manifest), manifest.language),
    layer: read('layer', SWITCHES.layer, 'banner'),
    look: read('look', SWITCHES.look, 'system'),
    width: read('width', SWITCHES.width, 'wide'),
    gpc: read('gpc', SWITCHES.gpc, 'off'),
    statistics: read('statistics', SWITCHES.statistics, preConsent === 'anonymous' ? 'on' : 'off'),
  }
}

/** `?language=de&layer=dialog…`, with one of them changed. */
export function addressWith(switches: Switches, change: Partial<Record<SwitchName, string>> = {}): string {
  return `?${new URLSearchParams({ ...switches, ...change }).toString()}`
}
