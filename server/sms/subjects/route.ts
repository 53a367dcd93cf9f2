import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Router, type Request } from 'express'
import { bodyOf } from '../../accounts/bodies.ts'
import { jsonBody, textOf } from '../../accounts/body.ts'
import { LEGAL_BASES, type LegalBasis } from '../../consent/disclosure.ts'
import type { PublicKey, Signer } from '../../chain/signer.ts'
import { UserError } from '../../errors.ts'
import { PUBLIC_HEADERS } from '../../http/answer.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { projectRoot } from '../../project-root.ts'
import { isCalendarDay } from '../../query/calendar.ts'
import { proofText, type ProofHead } from '../proof/bundle.ts'
import type { MakeProof, ProofBy, ProofRequest } from '../proof/make.ts'
import { PROOF_PAGE_POLICY, proofPage } from '../proof/page.ts'
import type { SubjectActs } from './subject-acts.ts'

export type SubjectPermission = 'sms.proof' | 'sms.reveal' | 'sms.erase'

export interface SubjectsRouterParts {
  readonly acts: SubjectActs
  readonly proofs: MakeProof
  readonly signer: Signer
  /** The latest signed head of the ledger. */
  head(): Promise<ProofHead | undefined>
  /**
   * Who may do this, and why they say they do; throws UserError for anybody else, for no reason, and, but for a masked
   * proof, where the second factor is not fresh.
   */
  authorize(request: Request, permission: SubjectPermission, reason: string | undefined): ProofBy
}

/**
 * What is done about one subject: `GET /sms/proof/<subject>`, and `POST /sms/subjects/<subject>/reveal`, `/erase`,
 * `/hold` and `/release`; and what anybody verifies a proof with.
 */
export function createSubjectsRouter(parts: SubjectsRouterParts): Router {
  const { acts, proofs, signer } = parts
  const router = Router()

  router.get('/sms/proof/:subject', sameOriginOnly, async (request, response) => {
    const asked = proofRequest(request)
    const permission = asked.isUnmasked ? 'sms.reveal' : 'sms.proof'
    const by = parts.authorize(request, permission, queryText(request, 'reason'))
    const proof = await proofs(asked, by)
    const isPage = request.accepts(['json', 'html']) === 'html' || queryText(request, 'format') === 'html'
    response.set({
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="sms-proof-${proof.subject.id}.${isPage ? 'html' : 'json'}"`,
    })
    if (isPage) {
      response.set({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': PROOF_PAGE_POLICY,
      })
      response.send(proofPage(proof, signer))
    } else response.type('application/json').send(proofText(proof))
  })

  router.post(
    '/sms/subjects/:subject/reveal',
    sameOriginOnly,
    ...jsonBody,
    bodyOf('POST /sms/subjects/:subject/reveal'),
    async (request, response) => {
      const by = parts.authorize(request, 'sms.reveal', textOf(request, 'reason'))
      const number = await acts.reveal(subjectOf(request), by)
      response.set('cache-control', 'no-store').json({ number: number.reveal() })
    },
  )
  router.post(
    '/sms/subjects/:subject/erase',
    sameOriginOnly,
    ...jsonBody,
    bodyOf('POST /sms/subjects/:subject/erase'),
    async (request, response) => {
      const by = parts.authorize(request, 'sms.erase', textOf(request, 'reason'))
      await acts.erase(subjectOf(request), by)
      response.json({ erased: true })
    },
  )
  router.post(
    '/sms/subjects/:subject/hold',
    sameOriginOnly,
    ...jsonBody,
    bodyOf('POST /sms/subjects/:subject/hold'),
    async (request, response) => {
      const by = parts.authorize(request, 'sms.erase', textOf(request, 'reason'))
      await acts.hold(subjectOf(request), by)
      response.json({ held: true })
    },
  )
  router.post(
    '/sms/subjects/:subject/release',
    sameOriginOnly,
    ...jsonBody,
    bodyOf('POST /sms/subjects/:subject/release'),
    async (request, response) => {
      const by = parts.authorize(request, 'sms.erase', textOf(request, 'reason'))
      response.json({ held: false, stood: await acts.release(subjectOf(request), by) })
    },
  )

  router.get('/.well-known/sluice-sms.json', async (_request, response) => {
    const head = await parts.head()
    const keys: PublicKey[] = [signer.publicKey]
    response.set(PUBLIC_HEADERS).json({ keys, heads: head ? [head] : [] })
  })
  router.get('/sms/verify-sms-proof.mjs', (_request, response) => {
    response.set({
      'content-type': 'text/javascript; charset=utf-8',
      'content-disposition': 'attachment; filename="verify-sms-proof.mjs"',
    })
    response.send(verifierScript())
  })
  return router
}

/** The script that verifies a proof by itself. */
export function verifierScript(): string {
  return readFileSync(path.join(projectRoot, 'dist/verify-sms-proof.mjs'), 'utf8')
}

function proofRequest(request: Request): ProofRequest {
  return checkProofRequest({
    subjectId: subjectOf(request),
    isUnmasked: ['', '1', 'true'].includes(queryText(request, 'unmasked') ?? 'no'),
    from: queryText(request, 'from'),
    to: queryText(request, 'to'),
    basis: queryText(request, 'basis'),
  })
}

/** Reads what was asked for. Throws UserError 400 that names what is wrong. */
export function checkProofRequest(given: {
  subjectId: string
  isUnmasked: boolean
  from?: string | undefined
  to?: string | undefined
  basis?: string | undefined
}): ProofRequest {
  const { subjectId, isUnmasked, from, to, basis } = given
  const known = LEGAL_BASES.find((one): one is LegalBasis => one === basis)
  if (basis !== undefined && known === undefined) {
    throw new UserError(`The legal basis of a disclosure is one of ${LEGAL_BASES.join(', ')}.`)
  }
  if (from === undefined && to === undefined) {
    if (known !== undefined) {
      throw new UserError('A disclosure is limited to days: give `from` and `to` like 2026-11-01.')
    }
    return { subjectId, isUnmasked }
  }
  if (!isCalendarDay(from ?? '') || !isCalendarDay(to ?? '') || (from ?? '') > (to ?? '')) {
    throw new UserError(
      'Give both `from` and `to` as days like 2026-11-01 and 2026-11-30, the earlier one first.',
    )
  }
  const days = { from: from ?? '', to: to ?? '' }
  return { subjectId, isUnmasked, days, ...(known !== undefined && { basis: known }) }
}

function subjectOf({ params }: Request): string {
  const { subject } = params
  return typeof subject === 'string' ? subject : ''
}

function queryText({ query }: Request, name: string): string | undefined {
  const value = query[name]
  return typeof value === 'string' ? value : undefined
}
