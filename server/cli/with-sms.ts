import {
  createDesks,
  createParts,
  parseNumber,
  type Desks,
  type SmsParts,
  type SmsPorts,
  type StoredProgram,
} from '../../sms/index.ts'
import { erasureNotes } from '../backup/erasure-notes.ts'
import type { Signer } from '../chain/signer.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { smsPorts } from '../sms/open.ts'
import { smsSigner } from '../sms/ports.ts'
import { createSubjectActs, type SubjectActs } from '../sms/subjects/subject-acts.ts'
import { createSites } from '../sites/registry.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { UsageError, type CliContext } from './context.ts'
import { withAudit } from './with-store.ts'

/** What a command about messages has. */
export interface SmsCommand {
  readonly store: Store
  readonly sms: SmsParts
  readonly signer: Signer
  readonly acts: SubjectActs
}

/** Opens the module for one command, whether the server runs or not, and closes it whatever happens. */
export function withSms<T>(context: CliContext, act: (opened: SmsCommand) => Promise<T>): Promise<T> {
  return withPorts(context, (ports, store, lasting) => {
    const sms = createParts(ports)
    const warn = (sentence: string): unknown => context.stderr.write(`Warning: ${sentence}\n`)
    const onErased = erasureNotes(context.config, lasting, warn)('sms-subject')
    const acts = createSubjectActs({ sms, store, onErased })
    return act({ store, sms, signer: smsSigner(lasting), acts })
  })
}

/** The same for what is asked of the module, with what finds a site's id by its domain. */
export function withDesks<T>(
  context: CliContext,
  act: (desks: Desks, siteOf: (domain: string) => number) => Promise<T>,
): Promise<T> {
  return withPorts(context, (ports, store) => {
    const sites = createSites({ store, clock: systemClock })
    return act(createDesks(ports), (domain) => sites.get(domain).id)
  })
}

function withPorts<T>(
  context: CliContext,
  act: (ports: SmsPorts, store: Store, lasting: LastingKey) => Promise<T>,
): Promise<T> {
  return withAudit(context, (store, audit, { data }) => {
    const alarm = { raise: (what: string) => void context.stderr.write(`Warning: ${what}\n`) }
    const log = createLog('warn')
    const ports = smsPorts({ store, dataKeys: data, audit, clock: systemClock, log, alarm })
    return act(ports, store, data.lasting)
  })
}

/** The id of a subject that is named by it, or by its number. Throws UserError where there is none. */
export async function subjectIdOf({ acts }: SmsCommand, word: string): Promise<string> {
  if (/^[0-9a-f]{32}$/.test(word)) return word
  const parsed = parseNumber(word, 'US')
  if ('fault' in parsed) {
    throw new UsageError('Name a subject by its id, 32 letters and digits, or by its number, +12015550123.')
  }
  return acts.idOf(parsed.number)
}

/** A program by its id or name; where several sites have one of the name, `site` says whose. */
export async function programOf(
  { sms, store }: SmsCommand,
  word: string | undefined,
  site: string | undefined,
): Promise<StoredProgram> {
  if (word === undefined) throw new UsageError('--program is missing: write --program <name>.')
  const sites = createSites({ store, clock: systemClock }).list()
  const siteId = sites.find(({ domain }) => domain === site)?.id
  if (site !== undefined && siteId === undefined) throw new UserError(`There is no site ${site}.`, 404)
  const all = await sms.programs.list(sms.store.db, siteId)
  const [found, another] = all.filter(({ id, program }) => id === word || program.name === word)
  if (!found) {
    const names = all.map(({ program }) => program.name).join(', ')
    throw new UserError(
      names === '' ? 'There is no program yet.' : `There is no such program: there are ${names}.`,
      404,
    )
  }
  if (another) throw new UsageError('Several sites have a program of this name: say which by --site.')
  return found
}
