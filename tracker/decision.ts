import {
  CONSENT_VERSION,
  OPTIONAL_CATEGORIES,
  type ConsentApi,
  type ConsentDecision,
  type ConsentShown,
  type OptionalCategory,
} from '../schema/consent.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { dayIn, readReceipt, writeReceipt, writeRecord } from './device.ts'
import { readChoice } from './gate.ts'

/** Until the server says how long a choice holds here: six months, the default of a policy. */
const PROVISIONAL_DAYS = 182

/** What Global Privacy Control refuses until the visitor explicitly chooses, by what the policy says. */
const REFUSED_BY_SIGNAL = { targeting: ['targeting'], all: OPTIONAL_CATEGORIES } as const

export type Decisions = Pick<ConsentApi, 'accept' | 'rejectAll' | 'withdraw' | 'object'>

/**
 * Writes choices down at once, so that they hold whatever becomes of the server, and calls back to have them told.
 * @param config what the site said, where it was asked
 */
export function createDecisions(
  site: string,
  config: () => PublicSiteConfig | undefined,
  decided: () => void,
): Decisions {
  function decide(wanted: readonly OptionalCategory[], { reopen, ...shown }: ConsentShown): void {
    const before = readChoice()
    const gpc = navigator.globalPrivacyControl === true
    // The signal stands over a choice by the page's own code, which shows no notice; the server holds the same.
    const refused: readonly string[] =
      !gpc || shown.source ? [] : REFUSED_BY_SIGNAL[config()?.gpc ?? 'targeting']
    const granted = wanted.filter((name) => !refused.includes(name))
    const hadGranted = before.categories.length > 1
    const receipt = readReceipt()
    const label = reopen ?? before.reopen
    const domain = config()?.cookieDomain ?? before.domain
    const pending: ConsentDecision = {
      version: CONSENT_VERSION,
      site,
      action: granted.length > 0 ? 'custom' : hadGranted ? 'withdraw' : 'reject_all',
      granted,
      revision: config()?.revision ?? before.revision ?? 1,
      source: 'api',
      gpc,
      ...(receipt && { receipt }),
      ...shown,
    }
    writeRecord(
      {
        categories: ['essential', ...granted],
        revision: pending.revision,
        day: dayIn(0),
        until: dayIn(PROVISIONAL_DAYS),
        ...(domain && { domain }),
        ...(label && { reopen: label }),
        pending,
      },
      domain,
    )
    if (granted.length === 0) writeReceipt(undefined)
    decided()
  }

  const refuse = (shown: ConsentShown = {}): void => decide([], shown)
  return {
    accept(categories, shown = {}) {
      // The page's own code calls this, with whatever it has: what names no category decides nothing.
      if (!Array.isArray(categories) && categories !== 'all') return
      const granted = OPTIONAL_CATEGORIES.filter((name) => categories.includes(name))
      if (categories === 'all') decide(OPTIONAL_CATEGORIES, { action: 'accept_all', ...shown })
      else decide(granted, shown)
    },
    rejectAll: refuse,
    withdraw: refuse,
    object: (shown) => refuse({ action: 'object', ...shown }),
  }
}
