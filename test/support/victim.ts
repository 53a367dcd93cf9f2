import type { Dimension } from '../../schema/query.ts'
import { expect } from 'vitest'
import { addSite, ask, eventually, send, startProduct, type Product, type Sender } from './product.ts'
import { setUpAccount, setUpLinkIn } from './sign-in.ts'

/** The running product with an owner, a site that is attacked, and another of somebody who may attack it. */
export interface Victim {
  readonly product: Product
  /** Asks about the attacked site's numbers. */
  readonly key: string
  /** Keys of the other site, by scope. */
  readonly attackerKeys: Readonly<Record<'query' | 'admin' | 'ingest', string>>
  /** Header that signs the owner in. */
  readonly ownerCookie: string
  /** Page views of the attacked site that were accepted so far. */
  sent(): number
  /** Sends events of the attacked site and expects that all are accepted. */
  sendViews(events: Record<string, unknown>[], sender?: Sender): Promise<void>
  /** Sends events that may also be dropped, as those of a robot are. */
  offer(events: Record<string, unknown>[], sender?: Sender): Promise<void>
  /** Page views of the attacked site that are stored. */
  views(): Promise<number>
  /** The same by a dimension, once all that were sent are there. */
  stored(breakdown: Dimension): Promise<Record<string, number>>
}

export const VICTIM = 'victim.example'
export const ATTACKER = 'attacker.example'

/** A network of its own: a campaign is that of a whole visit, so each needs another visitor. */
export function network(number: number): string {
  return `20.${40 + (number >> 8)}.${number & 255}.9`
}

export async function startVictim(): Promise<Victim> {
  const product = await startProduct()
  const key = await addSite(product, VICTIM)
  const makeKey = async (scope: string): Promise<string> => {
    const answer = await product.cli('key', 'create', '--site', ATTACKER, '--scope', scope, '--json')
    return (JSON.parse(answer) as { key: string }).key
  }
  const attackerKeys = {
    query: await addSite(product, ATTACKER),
    admin: await makeKey('admin'),
    ingest: await makeKey('ingest'),
  }
  const { cookie: ownerCookie } = await setUpAccount(setUpLinkIn(product.output()))
  let sent = 0

  async function offer(events: Record<string, unknown>[], sender: Sender = {}): Promise<void> {
    const answer = await send(product.url, VICTIM, events, sender)
    expect(answer.status).toBe(202)
    sent += ((await answer.json()) as { accepted: number }).accepted
  }
  async function views(): Promise<number> {
    const { totals } = await ask(product.url, key, { site: VICTIM, period: 'today', metrics: ['pageviews'] })
    return Number(totals.pageviews)
  }
  return {
    product,
    key,
    attackerKeys,
    ownerCookie,
    sent: () => sent,
    offer,
    views,
    async sendViews(events, sender) {
      const before = sent
      await offer(events, sender)
      expect(sent).toBe(before + events.length)
    },
    async stored(breakdown) {
      await eventually(views, (count) => count >= sent)
      const { rows } = await ask(product.url, key, {
        site: VICTIM,
        period: 'today',
        metrics: ['pageviews'],
        breakdown,
        limit: 1000,
      })
      return Object.fromEntries(rows.map((row) => [String(row[breakdown]), Number(row.pageviews)]))
    },
  }
}
