import { Router, type Request } from 'express'
import type { SmsParts } from '../../sms/index.ts'
import { checkReason, type Access } from '../accounts/access.ts'
import type { Signer } from '../chain/signer.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { createImportRouter } from './import/route.ts'
import { openPhonePages } from './pages/open.ts'
import { createPhonePagesRouter } from './pages/route.ts'
import { createProofs } from './proof/make.ts'
import { createSmsReportRouter } from './report/route.ts'
import { createSubjectsRouter } from './subjects/route.ts'
import { createSubjectActs } from './subjects/subject-acts.ts'

/** What the module's people-facing side is made of. */
export interface SmsWebParts {
  readonly sms: SmsParts
  readonly signer: Signer
  readonly lasting: LastingKey
  /** Counts a form by the network it came from. 0: go on; else the seconds after which to try again. */
  networkWait(request: Request): number
  /** Notes an erasure beside the backups. */
  readonly onErased?: ((subjectId: string) => Promise<void>) | undefined
}

/** Forms, preferences, proofs, lists, how programs fare, and what is done about one subject. */
export function createSmsWeb(
  parts: SmsWebParts & {
    readonly publicUrl: string
    readonly store: Pick<Store, 'purge'>
    readonly access: Pick<Access, 'site' | 'installation' | 'deliberate' | 'actorOf'>
  },
): Router {
  const { sms, signer, access } = parts
  const router = Router()
  router.use(createPhonePagesRouter(openPhonePages(parts)))
  router.use(
    createSubjectsRouter({
      acts: createSubjectActs(parts),
      proofs: createProofs(sms, signer),
      signer,
      head: () => sms.ledger.head(sms.store.db),
      authorize: (request, permission, reason) => {
        const who = access.installation(request, permission)
        // What shows no number needs no second factor once more, but a reason all the same.
        if (permission !== 'sms.proof') {
          const by = access.deliberate(who, reason)
          return { actor: `account:${who.account.id}`, reason: by.reason }
        }
        return { actor: `account:${who.account.id}`, reason: checkReason(reason) }
      },
    }),
  )
  router.use(
    createSmsReportRouter({ sms, authorize: (request, domain) => access.site(request, 'sms.read', domain) }),
  )
  router.use(
    createImportRouter({
      sms,
      authorize: (request, domain) => ({
        siteId: access.site(request, 'sms.import', domain).id,
        actor: access.actorOf(request),
      }),
    }),
  )
  return router
}
