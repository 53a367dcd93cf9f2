import { verifySite } from '../../../server/consent/audit.ts'
import { exportLedger } from '../../../server/consent/export.ts'
import { createHeads } from '../../../server/consent/heads.ts'
import { consentSigner } from '../../../server/consent/open.ts'
import type { Verification } from '../../../server/consent/verify.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { LASTING } from '../store/keys.ts'
import { tamperer } from '../store/opened.ts'
import { serve } from './asked.ts'
import { decisionOf, noticeHash, REFUSAL, rig, WITHDRAWAL, type Rig } from './rig.ts'

export const signer = consentSigner(LASTING)

export type Scene = Rig & {
  /** Id of the receipt of whoever changed and withdrew. */
  receipt: string
  /** Id of the one that was erased. */
  erased: string
  /** Changes the store behind the back of the product; answers how many rows. */
  tamper(sql: string, ...values: unknown[]): Promise<number>
  verify(): Promise<Verification>
  sign(): Promise<void>
}

/** A ledger of six rows: two people who grant, one who changes and withdraws, one who refuses, one who erases. */
export async function scene(): Promise<Scene> {
  const made = await rig()
  const { clock, store, site, versions, dataDir } = made
  const ask = await serve(made.consent.route)
  const notice = noticeHash(site, versions[0] as never, 'en')
  const first = await ask({ body: decisionOf({ notice }) })
  clock.pass(60_000)
  await ask({ body: decisionOf({ ...REFUSAL, notice }) })
  const second = await ask({ body: decisionOf({ action: 'custom', granted: ['performance'], gpc: true }) })
  clock.pass(86_400_000)
  const receipt = String(first.json['receipt'])
  await ask({ body: decisionOf({ action: 'custom', granted: ['targeting'], receipt }) })
  await ask({ body: decisionOf({ ...WITHDRAWAL, receipt }) })
  await ask({ method: 'DELETE', path: `/c/${String(second.json['receipt'])}` })
  const heads = createHeads({ store, writer: createWriter(store), signer, clock })
  return Object.assign(made, {
    receipt,
    erased: String(second.json['receipt']),
    tamper: await tamperer(dataDir),
    verify: () => verifySite(store, site.id, signer.publicKey),
    sign: async () => {
      await heads.sign(site.id)
    },
  })
}

export async function linesOf(parts: Rig, days: { from?: string; to?: string } = {}): Promise<string[]> {
  const { store, clock, site } = parts
  const lines: string[] = []
  for await (const line of exportLedger({ store, signer, clock, siteId: site.id, ...days })) lines.push(line)
  return lines
}

export async function* read(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield line.trimEnd()
}
