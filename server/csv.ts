/**
 * Lines as CSV (RFC 4180): every cell quoted, lines ended by CRLF.
 *
 * A spreadsheet takes a cell that begins like a formula for one, even a quoted one, and many texts come from strangers:
 * such a text gets an apostrophe in front. (OWASP, CSV injection.) Numbers are never negative here and stay as they are.
 */
export function csvText(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
