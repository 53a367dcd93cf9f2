import type { ConsentReceipt } from '../../schema/consent.ts'
import type { ConsentNotice } from '../../schema/policy.ts'
import type { Site } from '../../schema/site.ts'
import type { PublicKey } from '../chain/signer.ts'
import { UserError } from '../errors.ts'
import { answerJson } from '../http/answer.ts'
import {
  guarded,
  hostOfRequest,
  isBurst,
  NO_SUCH_SITE,
  reading,
  type Exchange,
  type ExchangeParts,
} from './exchange.ts'
import type { SignedHead } from './head.ts'
import { HASH, RECEIPT_ID } from './parse.ts'

export interface ProofRouteParts extends ExchangeParts {
  receipt(id: string): Promise<ConsentReceipt | undefined>
  /** False where there is none. */
  erase(id: string): Promise<boolean>
  notice(hash: string): Promise<ConsentNotice | undefined>
  publicKey: PublicKey
  latestHead(site: Site): Promise<SignedHead | undefined>
}

/** `GET` and `DELETE /c/<receipt>`. */
export function oneReceipt(parts: ProofRouteParts, exchange: Exchange, id: string): void {
  const { request, response } = exchange
  if (request.method === 'DELETE') {
    request.resume()
    guarded(parts, exchange, async () => {
      if (isBurst(parts, exchange, parts.facts(request).ip)) return
      if (!RECEIPT_ID.test(id) || !(await parts.erase(id))) noReceipt()
      answerJson(response, 200, { erased: true })
    })
    return
  }
  reading(
    parts,
    exchange,
    async () => {
      const receipt = RECEIPT_ID.test(id) ? await parts.receipt(id) : undefined
      answerJson(response, 200, receipt ?? noReceipt())
    },
    'GET, DELETE, OPTIONS',
  )
}

/** `GET /c/notice/<hash>`. */
export function showNotice(parts: ProofRouteParts, exchange: Exchange, hash: string): void {
  reading(parts, exchange, async () => {
    const notice = HASH.test(hash) ? await parts.notice(hash) : undefined
    if (!notice) throw new UserError('No choice was made with a notice of this hash.', 404)
    answerJson(exchange.response, 200, notice)
  })
}

/**
 * `GET /.well-known/sluice-consent.json`: the key that signs, and how far the ledger of a site reached: of the one that
 * is named, or of the host's own. Which sites there are is told to nobody.
 */
export function showKey(parts: ProofRouteParts, exchange: Exchange, query: string): void {
  reading(parts, exchange, async () => {
    const asked = new URLSearchParams(query).get('site')
    const site = parts.findSite(asked?.toLowerCase() ?? hostOfRequest(exchange.request))
    if (asked !== null && !site) throw new UserError(NO_SUCH_SITE, 404)
    const head = site && (await parts.latestHead(site))
    answerJson(exchange.response, 200, { keys: [parts.publicKey], heads: head ? [head] : [] })
  })
}

function noReceipt(): never {
  throw new UserError('There is no receipt with this id: it was erased, or never made.', 404)
}
