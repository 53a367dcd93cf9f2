/**
 * Schema files are written once, for both databases. What PostgreSQL wants otherwise is said here:
 *
 * - A text is ordered by its bytes, as in SQLite, and not by the rules of a language that the database happens to have:
 *   ranges of days and of times rely on it.
 * - `only` is a reserved word there, and the name of a column. NOTE: new columns take no reserved word.
 */
export function forPostgres(sql: string): string {
  const lines = sql.split('\n').map((line) => {
    const end = line.indexOf('--')
    const [code, comment] = end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end)]
    return code.replace(/\bTEXT\b/g, 'TEXT COLLATE "C"').replace(/\bonly\b/g, '"only"') + comment
  })
  return lines.join('\n')
}
