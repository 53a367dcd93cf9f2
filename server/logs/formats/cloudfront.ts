import type { ReadLine } from '../line.ts'
import { decodePercent, isStatus, lineOf, secondsOf } from './fields.ts'

/**
 * CloudFront's standard log: columns by tabs, named by a line `#Fields:` before them. Without that line nothing is read,
 * since logs of other editions have other columns in other places.
 */
export function openCloudFront(): ReadLine {
  let columns: readonly string[] | undefined
  let positions = new Map<string, number>()
  return (line) => {
    if (line.startsWith('#')) {
      if (line.startsWith(FIELDS)) {
        columns = line.slice(FIELDS.length).trim().split(/\s+/)
        positions = new Map(columns.map((name, position) => [name, position]))
      }
      return undefined
    }
    if (!columns) return { fault: 'no line "#Fields:" before it that names its columns' }
    const values = line.split('\t')
    if (values.length !== columns.length) {
      return { fault: `${values.length} columns where the line "#Fields:" names ${columns.length}` }
    }
    const value = (name: string): string => values[positions.get(name) ?? -1] ?? '-'
    const timeMs = Date.parse(`${value('date')}T${value('time')}Z`)
    if (Number.isNaN(timeMs)) return { fault: 'no date and time' }
    const status = value('sc-status')
    if (!isStatus(status)) return { fault: 'no status' }
    const query = value('cs-uri-query')
    // What the visitor asked for; the other is the name of the distribution.
    const host = value('x-host-header')
    return lineOf({
      timeMs,
      address: value('c-ip'),
      host: host === '-' ? value('cs(Host)') : host,
      method: value('cs-method'),
      target: query === '-' || query === '' ? value('cs-uri-stem') : `${value('cs-uri-stem')}?${query}`,
      status,
      bytes: value('sc-bytes'),
      referrer: decodePercent(value('cs(Referer)')),
      userAgent: decodePercent(value('cs(User-Agent)')),
      seconds: secondsOf(value('time-taken')),
    })
  }
}

const FIELDS = '#Fields:'
