import { randomBytes } from 'node:crypto'
import UAParser from 'ua-parser-js'
import type { RequestFacts } from '../event.ts'
import { isBotAgent } from './bot.ts'
import { BRANDS, BROWSERS, DEVICES, PLATFORMS, SYSTEMS } from './agent-names.ts'
import { createHashInput } from './siphash.ts'

export const DEVICE_TYPES = ['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'other'] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** What is kept of a user agent: classes that many people share. Names are those that people use. */
export interface Agent {
  readonly browser: string
  /** Major version; empty when unknown. */
  readonly browserVersion: string
  readonly os: string
  /** Major version, `10.15` before macOS 11, `8.1` of Windows. */
  readonly osVersion: string
  readonly device: DeviceType
  readonly isBot: boolean
}

/** Of a robot nothing but that it is one is kept, whatever it calls itself. */
export const NO_AGENT = { browser: '', browserVersion: '', os: '', osVersion: '', device: '' }

export type AgentReader = (facts: Pick<RequestFacts, 'userAgent' | 'hints'>) => Agent

/** Parsers have a history of expressions that take long on longer texts. */
const MAX_USER_AGENT = 512
/** Longest client hint that is looked at; three brands take about 100. */
const MAX_HINT = 256

/**
 * A reader that remembers what it found. It remembers by a keyed hash under a key of this process: no user agent is
 * kept, and the memory says nothing to anybody. What was not asked for longest goes first, half of it at a time.
 * @param most results that are remembered at least; at most twice as many
 */
export function createAgentReader(most: number = 8_192): AgentReader {
  const key = randomBytes(16)
  const input = createHashInput()
  let young = new Map<bigint, Agent>()
  let old = new Map<bigint, Agent>()

  return ({ userAgent, hints }) => {
    const agent = userAgent.slice(0, MAX_USER_AGENT)
    input.text(agent)
    if (hints.brands !== '' || hints.platform !== '' || hints.mobile !== '') {
      input.byte(0)
      input.text(hints.brands.slice(0, MAX_HINT))
      input.byte(0)
      input.text(hints.platform.slice(0, MAX_HINT))
      input.byte(0)
      input.text(hints.mobile.slice(0, MAX_HINT))
    }
    const hash = input.hash(key)
    const known = young.get(hash)
    if (known) return known
    const found = old.get(hash) ?? parseAgent(agent, hints)
    if (young.size >= most) {
      old = young
      young = new Map()
    }
    young.set(hash, found)
    return found
  }
}

/** Reads a user agent and the hints beside it, without remembering. */
export function parseAgent(userAgent: string, hints: RequestFacts['hints']): Agent {
  // Some programs write a plus for each space.
  const text = userAgent.startsWith('Mozilla/5.0+(') ? userAgent.replaceAll('+', ' ') : userAgent
  const parser = new UAParser(text)
  const { name: osName = '', version: osVersion = '' } = parser.getOS()
  const system = systemOf(SYSTEMS[osName] ?? osName, text)
  const agent = {
    ...browserOf(parser, text),
    os: system,
    osVersion: versionOf(system, osVersion),
    device: DEVICES[parser.getDevice().type ?? ''] ?? ('desktop' as const),
    isBot: isBotAgent(text, hints.brands.slice(0, MAX_HINT)),
  }
  return { ...agent, ...brandOf(agent.browser, hints.brands), ...platformOf(agent, hints) }
}

const UC_BROWSER = /UC(?:Mobile|WEB)\/?(\d{1,3})/
const BRAVE = /\bBrave\b/
const TRIDENT = /Trident\/(\d{1,2})/
const ANDROID = /Android (\d{1,2})/
/** What Safari fetches besides pages names neither engine nor version of its own. */
const BARE_SAFARI = /^Safari\/?(\d{1,5})/

function browserOf(parser: UAParser, text: string): { browser: string; browserVersion: string } {
  const { name = '', version = '' } = parser.getBrowser()
  const browser = BROWSERS[name] ?? name
  const browserVersion = majorOf(version)
  if (browser !== 'UC Browser') {
    const uc = UC_BROWSER.exec(text)
    if (uc) return { browser: 'UC Browser', browserVersion: uc[1] as string }
  }
  if (browser === 'Chrome' || browser === 'Safari') {
    return { browser: BRAVE.test(text) ? 'Brave' : browser, browserVersion }
  }
  if (browser === '') {
    const safari = BARE_SAFARI.exec(text)
    return safari ? { browser: 'Safari', browserVersion: safari[1] as string } : { browser, browserVersion }
  }
  // It came with the system and had its version.
  if (browser === 'Android Browser')
    return { browser, browserVersion: ANDROID.exec(text)?.[1] ?? browserVersion }
  // The number behind it is the engine's.
  if (browser === 'iOS WebView') return { browser, browserVersion: '' }
  if (browser === 'Internet Explorer') {
    // In its compatibility view it gives an old number; its engine is four behind.
    const engine = TRIDENT.exec(text)
    if (engine) return { browser, browserVersion: String(Number(engine[1]) + 4) }
  }
  return { browser, browserVersion }
}

/** What the parser leaves open or gets wrong, by plain words of the user agent. */
function systemOf(system: string, text: string): string {
  if (system === 'macOS' && /iPhone|iPad|iPod|CriOS|FxiOS/.test(text)) return 'iOS'
  if (system === 'iOS' && /Darwin\/.*x86_64|Darwin\/.*i386/.test(text)) return 'macOS'
  if (system !== '' && system !== 'Linux') return system
  if (/\bAdr \d|Android/.test(text)) return 'Android'
  if (/iPhone|iPad|iPod|\biOS\b/.test(text)) return 'iOS'
  if (/\bwds \d/.test(text)) return 'Windows Phone'
  return system === '' && /Windows|Win32|Win64/.test(text) ? 'Windows' : system
}

function majorOf(version: string): string {
  return /^\d{1,5}/.exec(version)?.[0] ?? ''
}

function versionOf(system: string, version: string): string {
  if (system === 'Windows') return /^[\w.]{1,8}$/.test(version) ? version : ''
  if (system === 'macOS' && version.startsWith('10.')) return /^10\.\d{1,2}/.exec(version)?.[0] ?? '10'
  // Linux gives the processor or the kernel here.
  return system === 'Linux' ? '' : majorOf(version)
}

const BRAND = /"([^"]{1,40})"\s*;\s*v="(\d{1,5})/g

/** Browsers built on Chromium hide their names in the user agent and tell them in the brand list. */
function brandOf(browser: string, brands: string): { browser?: string; browserVersion?: string } {
  if (brands === '' || (browser !== 'Chrome' && browser !== 'Chromium' && browser !== '')) return {}
  for (const [, brand, version] of brands.slice(0, MAX_HINT).matchAll(BRAND)) {
    const name = BRANDS[(brand as string).toLowerCase()]
    if (name !== undefined) return { browser: name, browserVersion: version as string }
  }
  return {}
}

/** A page shown as on a desktop computer still names the real system in the hints. */
function platformOf(
  agent: { os: string; device: DeviceType },
  { platform, mobile }: RequestFacts['hints'],
): { os?: string; osVersion?: string; device?: DeviceType } {
  const system = PLATFORMS[platform.slice(0, MAX_HINT).replaceAll('"', '').toLowerCase()]
  const isMobile = mobile === '?1'
  const result: { os?: string; osVersion?: string; device?: DeviceType } = {}
  // Distributions of Linux are named in the user agent only.
  if (system !== undefined && system !== agent.os && system !== 'Linux') {
    result.os = system
    result.osVersion = ''
  }
  if (agent.device === 'desktop' && isMobile) result.device = 'mobile'
  else if (agent.device === 'desktop' && system === 'Android') result.device = 'tablet'
  return result
}
