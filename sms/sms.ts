import { createAnswerDesk, type AnswerDesk } from './desk/answers.ts'
import { createDeadLetterDesk, type DeadLetterDesk } from './desk/dead-letters.ts'
import { createHeldTextDesk, type HeldTextDesk } from './desk/held-texts.ts'
import { createMediaDesk, type MediaDesk } from './desk/media.ts'
import { createPeopleDesk, type PeopleDesk } from './desk/people.ts'
import { createProgramDesk, type ProgramDesk } from './desk/programs.ts'
import { createSendDesk, type SendDesk } from './desk/send.ts'
import { createSenderDesk, type SenderDesk } from './desk/senders.ts'
import { takeEvents } from './events.ts'
import { createParts, createSendingParts, type SendingParts, type SmsParts } from './parts.ts'
import type { Provider, ProviderEvent, SmsPorts } from './ports.ts'
import type { Tokens } from './token.ts'
import { createWorker, type Worker } from './worker.ts'

/** What can be asked of the module without a provider: a command beside the server, say. */
export interface Desks extends SendDesk, PeopleDesk, AnswerDesk, HeldTextDesk, DeadLetterDesk, MediaDesk {
  readonly senders: SenderDesk
  readonly programs: ProgramDesk
  readonly parts: SmsParts
}

/** The module at work. */
export interface Sms extends Desks {
  readonly parts: SendingParts
  readonly worker: Worker
  /** Takes what the provider tells, in its order, each once; rejects where one could not be taken, after the others. */
  take(events: readonly ProviderEvent[]): Promise<void>
}

export function createDesks(ports: SmsPorts): Desks {
  return desksOf(createParts(ports))
}

/** @param make the provider, with what its orders' tokens are redeemed by */
export function createSms(ports: SmsPorts, make: (tokens: Pick<Tokens, 'redeem'>) => Provider): Sms {
  const parts = createSendingParts(ports, make)
  return {
    ...desksOf(parts),
    parts,
    worker: createWorker(parts),
    take: (events) => takeEvents(parts, events),
  }
}

function desksOf<Parts extends SmsParts>(parts: Parts): Desks & { parts: Parts } {
  return {
    ...createSendDesk(parts),
    ...createPeopleDesk(parts),
    ...createAnswerDesk(parts),
    ...createHeldTextDesk(parts),
    ...createDeadLetterDesk(parts),
    ...createMediaDesk(parts),
    senders: createSenderDesk(parts),
    programs: createProgramDesk(parts),
    parts,
  }
}
