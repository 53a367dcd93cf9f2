import type { Provider, SmsPorts } from './ports.ts'
import { createRecorder, type Recorder } from './record.ts'
import { createApprovals, type Approvals } from './store/approvals.ts'
import { createLedger, type Ledger } from './store/ledger.ts'
import { createMedia, type Media } from './store/media.ts'
import { createMessages, type Messages } from './store/messages.ts'
import { createPrograms, type Programs } from './store/programs.ts'
import { createSenders, type Senders } from './store/senders.ts'
import { createSubjects, type Subjects } from './store/subjects.ts'
import { createTokens, type Tokens } from './token.ts'

/** What the module's doors are made of: its ports, and its tables behind plain functions. */
export interface SmsParts extends SmsPorts {
  readonly subjects: Subjects
  readonly senders: Senders
  readonly programs: Programs
  readonly messages: Messages
  readonly approvals: Approvals
  readonly media: Media
  readonly ledger: Ledger
  readonly recorder: Recorder
}

/** The same with something that carries messages. */
export interface SendingParts extends SmsParts {
  readonly provider: Provider
  readonly tokens: Tokens
}

export function createParts(ports: SmsPorts): SmsParts {
  const [subjects, ledger] = [createSubjects(ports), createLedger(ports)]
  const [programs, messages] = [createPrograms(ports), createMessages(ports)]
  const senders = createSenders(ports)
  const recorder = createRecorder({ ledger, subjects, senders, programs, messages, clock: ports.clock })
  const [approvals, media] = [createApprovals(ports), createMedia(ports)]
  return { ...ports, subjects, ledger, senders, programs, messages, approvals, media, recorder }
}

/** @param make the provider, with what its orders' tokens are redeemed by */
export function createSendingParts(
  ports: SmsPorts,
  make: (tokens: Pick<Tokens, 'redeem'>) => Provider,
): SendingParts {
  const tokens = createTokens(ports.clock)
  return { ...createParts(ports), tokens, provider: make(tokens) }
}
