import type { OptOutSource } from '../schema/sms.ts'
import { asOf } from './consent.ts'
import type { Clock, Db } from './ports.ts'
import { consentsOf } from './store/consents.ts'
import type { Programs } from './store/programs.ts'
import type { Senders } from './store/senders.ts'
import { isKnown, type Subjects } from './store/subjects.ts'

/** How a number stands to a sender, in the words of the provider's own list (`FROM,TO,STATUS,SOURCE`). */
export interface Standing {
  readonly from: string
  readonly to: string
  readonly status: 'OptIn' | 'OptOut'
  readonly source: 'Recipient' | 'Account' | 'Upstream' | 'Carrier'
}

const SOURCE_OF: Readonly<Record<OptOutSource, Standing['source']>> = {
  word: 'Recipient',
  'own-words': 'Recipient',
  web: 'Account',
  agent: 'Account',
  'e-mail': 'Account',
  phone: 'Account',
  letter: 'Account',
  api: 'Account',
  provider: 'Upstream',
  complaint: 'Upstream',
  carrier: 'Carrier',
}

const PAGE = 500

/** Everybody who is in or out of a program of a site, numbers in full; who is asked or erased is neither. */
export async function* standingsOf(
  db: Db,
  parts: {
    readonly subjects: Subjects
    readonly programs: Programs
    readonly senders: Senders
    readonly clock: Clock
  },
  siteId: number,
): AsyncGenerator<Standing> {
  const programs = new Map((await parts.programs.list(db, siteId)).map((one) => [one.id, one]))
  const senders = new Map((await parts.senders.list(db)).map((one) => [one.id, one.number.reveal()]))
  for (let after = ''; ;) {
    const page = await db
      .selectFrom('sms_subject')
      .select('id')
      .where('number', 'is not', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const { id } of page) {
      const subject = await parts.subjects.byId(db, id)
      if (!subject || !isKnown(subject)) continue
      for (const [programId, kept] of await consentsOf(db, id)) {
        const state = asOf(kept, parts.clock.now())
        const from = senders.get(programs.get(programId)?.senderId ?? '')
        const to = subject.number.reveal()
        if (from === undefined) continue
        if (state.is === 'active') yield { from, to, status: 'OptIn', source: 'Recipient' }
        if (state.is === 'opted-out') yield { from, to, status: 'OptOut', source: SOURCE_OF[state.by] }
        if (state.is === 'void') yield { from, to, status: 'OptOut', source: 'Account' }
      }
    }
    after = page.at(-1)?.id ?? ''
    if (page.length < PAGE) return
  }
}
