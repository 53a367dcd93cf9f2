import { LANGUAGES, type Language } from './data/words.ts'
import { writeDisclosure } from './disclosure.ts'
import type { Db } from './ports.ts'
import type { StoredProgram } from './store/programs.ts'

/** A text that is agreed to, word for word. */
export interface Wording {
  readonly version: string
  readonly text: string
}

/**
 * The texts of a program that are in force, by language: the newest of its own; where it has none in a language, ours
 * (disclosure.ts), whose version says what it is made of.
 */
export async function wordingsInForce(
  db: Db,
  { id, program, settings, createdAt }: StoredProgram,
): Promise<Readonly<Record<Language, Wording>>> {
  const rows = await db
    .selectFrom('sms_disclosure')
    .select(['version', 'locale', 'wording'])
    .where('program_id', '=', id)
    .orderBy('created_at')
    .execute()
  const own = new Map(rows.map(({ version, locale, wording }) => [locale, { version, text: wording }]))
  // Nothing that a text of ours is made of changes once a program is there.
  const ours = `sluice-1 ${new Date(createdAt).toISOString().slice(0, 10)}`
  const wordingOf = (language: Language): Wording =>
    own.get(language) ?? { version: ours, text: writeDisclosure({ ...program, ...settings }, language) }
  return Object.fromEntries(LANGUAGES.map((language) => [language, wordingOf(language)])) as Record<
    Language,
    Wording
  >
}
