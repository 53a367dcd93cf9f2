import { asOf } from './consent.ts'
import type { Clock, Db, SmsStore } from './ports.ts'
import type { Recorder } from './record.ts'
import { consentsOf } from './store/consents.ts'
import type { Programs, StoredProgram } from './store/programs.ts'
import { isKnown, type Subject, type Subjects } from './store/subjects.ts'

/** How somebody stands to a program, as they see it themselves. */
export interface Preference {
  readonly program: StoredProgram
  /** Messages come, or come once they confirm. */
  readonly isOn: boolean
}

/** Every program that somebody has had to do with. */
export async function preferencesOf(
  db: Db,
  parts: { readonly programs: Programs; readonly clock: Clock },
  subject: Subject,
): Promise<Preference[]> {
  const states = await consentsOf(db, subject.id)
  const programs = await parts.programs.list(db)
  return programs.flatMap((program) => {
    const state = states.get(program.id)
    if (!state) return []
    const { is } = asOf(state, parts.clock.now())
    return [{ program, isOn: is === 'active' || is === 'pending' }]
  })
}

/**
 * Ends messages of the one program that somebody named on the page of their preferences, or of all. False for a subject
 * that is not known, or a program that there is not.
 */
export async function stopByPage(
  parts: {
    readonly store: SmsStore
    readonly subjects: Subjects
    readonly programs: Programs
    readonly recorder: Recorder
    readonly clock: Clock
  },
  subjectId: string,
  programId?: string,
): Promise<boolean> {
  return parts.store.transaction(async (transaction) => {
    const subject = await parts.subjects.byId(transaction, subjectId)
    if (!subject || !isKnown(subject)) return false
    const program = programId === undefined ? undefined : await parts.programs.byId(transaction, programId)
    if (programId !== undefined && !program) return false
    // They have said which: it need not be taken for more than that.
    const said = program
      ? [{ ...program, settings: { ...program.settings, stopScope: 'program' as const } }]
      : []
    await parts.recorder.optOut(transaction, subject, said, 'web', {
      at: parts.clock.now(),
      actor: 'subject',
      method: 'web',
      payload: { page: 'preferences' },
    })
    return true
  })
}
