import { PROGRAM_KINDS } from '../../schema/sms.ts'
import { LANGUAGES } from '../data/words.ts'
import type { SmsParts } from '../parts.ts'
import type { Actor } from '../ports.ts'
import {
  programFaults,
  USE_CASES,
  type Program,
  type ProgramFault,
  type ProgramSettings,
} from '../program.ts'
import type { StoredProgram } from '../store/programs.ts'
import { refused, type Refused } from './refused.ts'

export interface GivenProgram {
  readonly program: Program
  readonly settings: ProgramSettings
  /** Its sender's id. */
  readonly sender: string
}

export interface ProgramDesk {
  /** Of a site; of all where none is named. */
  list(siteId?: number): Promise<StoredProgram[]>
  /** Of a site, by its id. */
  byId(siteId: number, id: string): Promise<StoredProgram | undefined>
  add(siteId: number, given: GivenProgram, actor: Actor): Promise<StoredProgram | Refused>
  /** Nothing is sent for it any more; what waits is taken back as its turn comes. */
  end(siteId: number, id: string, actor: Actor): Promise<StoredProgram | Refused>
}

export function createProgramDesk(parts: SmsParts): ProgramDesk {
  const { store, programs, senders, audit, clock } = parts
  const byId: ProgramDesk['byId'] = async (siteId, id) => {
    const program = await programs.byId(store.db, id)
    return program?.siteId === siteId ? program : undefined
  }
  return {
    list: (siteId) => programs.list(store.db, siteId),
    byId,
    add: async (siteId, { program, settings, sender: senderId }, actor) => {
      const fault = faultOf(program, settings)
      if (fault !== undefined) return refused(422, fault)
      return store.transaction(async (transaction) => {
        const sender = await senders.byId(transaction, senderId)
        if (!sender)
          return refused(
            422,
            'The program names no sender that there is: `sluice sms sender list` shows them.',
          )
        if (!sender.useCases.includes(program.useCase)) {
          return refused(
            422,
            `The sender’s campaign is registered for ${sender.useCases.join(', ') || 'nothing'}, not for ${program.useCase}.`,
          )
        }
        if (await programs.byName(transaction, siteId, program.name)) {
          return refused(409, 'The site has a program of this name: choose another.')
        }
        const made = await programs.add(transaction, { siteId, senderId, program, settings })
        await audit.append(transaction, {
          actor,
          action: 'sms.program.added',
          subject: made.id,
          detail: { name: program.name, kind: program.kind, useCase: program.useCase },
        })
        return made
      })
    },
    end: async (siteId, id, actor) => {
      const program = await byId(siteId, id)
      if (!program) return refused(404, 'The site has no program with this id.')
      if (program.endedAt !== undefined) return program
      await store.transaction(async (transaction) => {
        await programs.end(transaction, id)
        await audit.append(transaction, { actor, action: 'sms.program.ended', subject: id })
      })
      return { ...program, endedAt: clock.now() }
    },
  }
}

/** What keeps a program from being made, in one sentence; undefined where nothing does. */
function faultOf(program: Program, settings: ProgramSettings): string | undefined {
  if (!PROGRAM_KINDS.includes(program.kind)) return `A program is of a kind: ${PROGRAM_KINDS.join(', ')}.`
  if (!LANGUAGES.includes(program.language)) return `A program speaks one of ${LANGUAGES.join(', ')}.`
  if (!USE_CASES.includes(program.useCase)) return `A program has a use case: ${USE_CASES.join(', ')}.`
  if (!['program', 'seller', 'all'].includes(settings.stopScope))
    return 'stopScope is program, seller or all.'
  if (settings.contact.trim() === '') return 'A program names where somebody gets help: fill in contact.'
  const [fault] = programFaults(program)
  return fault && FAULTS[fault.fault](fault as never)
}

type FaultOf<Name extends ProgramFault['fault']> = Extract<ProgramFault, { fault: Name }>

const FAULTS: { readonly [Name in ProgramFault['fault']]: (fault: FaultOf<Name>) => string } = {
  name: () => 'A program has a name: fill in name.',
  seller: () => 'A program has a seller, by their legal name: fill in seller.',
  description: () => 'Describe the program in 40 characters or more: what is sent, and to whom.',
  samples: () => 'Give two samples or more of the messages as they will be sent.',
  frequency: () =>
    'The frequency is at most so many messages within so many days, both whole numbers above 0.',
  'confirm-within': () => 'confirmWithin is milliseconds, or off.',
  domain: ({ domain }) =>
    `${JSON.stringify(domain.slice(0, 80))} is no domain that links may lead to: name your own, no shortener.`,
  prohibited: ({ finding }) =>
    `No program may be about ${finding.category.replaceAll('_', ' ')}: rule ${finding.rule} found ${JSON.stringify(finding.found.slice(0, 80))}.`,
}
