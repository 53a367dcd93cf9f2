import { isFault, LOG_FORMATS, type LogFormat, type ReadLine } from '../line.ts'
import { readAlb } from './alb.ts'
import { readCaddy } from './caddy.ts'
import { openCloudFront } from './cloudfront.ts'
import { readCombined, readCommon } from './combined.ts'

/** Each makes a reader for one log from its beginning. */
const READERS: Readonly<Record<LogFormat, () => ReadLine>> = {
  combined: () => readCombined,
  common: () => readCommon,
  caddy: () => readCaddy,
  cloudfront: openCloudFront,
  alb: () => readAlb,
}

export function openFormat(format: LogFormat): ReadLine {
  return READERS[format]()
}

/** The format in which most of the first lines of a log can be read; undefined where none can. */
export function detectFormat(lines: readonly string[]): LogFormat | undefined {
  let best: { format: LogFormat; readable: number } | undefined
  for (const format of LOG_FORMATS) {
    const read = openFormat(format)
    const readable = lines.filter((line) => {
      const found = read(line)
      return found !== undefined && !isFault(found)
    }).length
    // Lines of the combined format can be read as common ones, too: the first that reads as many wins.
    if (readable > (best?.readable ?? 0)) best = { format, readable }
  }
  return best?.format
}
