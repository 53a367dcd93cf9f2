import type { Weighted } from './random.ts'

export const AGENTS: Weighted<{
  browser: string
  browserVersion: string
  os: string
  osVersion: string
  device: string
}> = [
  [27, { browser: 'Chrome', browserVersion: '142', os: 'Android', osVersion: '15', device: 'mobile' }],
  [24, { browser: 'Safari', browserVersion: '18', os: 'iOS', osVersion: '18', device: 'mobile' }],
  [18, { browser: 'Chrome', browserVersion: '142', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [10, { browser: 'Firefox', browserVersion: '144', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [8, { browser: 'Safari', browserVersion: '18', os: 'macOS', osVersion: '15', device: 'desktop' }],
  [6, { browser: 'Edge', browserVersion: '142', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [4, { browser: 'Firefox', browserVersion: '144', os: 'Linux', osVersion: '', device: 'desktop' }],
  [3, { browser: 'Safari', browserVersion: '17', os: 'iPadOS', osVersion: '17', device: 'tablet' }],
]

/** Share of a day's visits that begin in each local hour. */
export const HOURS: Weighted<number> = [
  2, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 16, 14, 13, 13, 14, 16, 18, 20, 19, 15, 9, 5,
].map((weight, hour) => [weight, hour] as const)
