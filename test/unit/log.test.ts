import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe as group, expect, it } from 'vitest'
import { projectRoot } from '../../server/project-root.ts'
import { describe } from '../../server/log.ts'

/** What a process with the built log writes on standard error. */
function logged(code: string): Record<string, unknown>[] {
  const module = JSON.stringify(path.join(projectRoot, 'dist/server/log.js'))
  const script = `import { createLog, describe } from ${module}; const log = createLog('info'); ${code}`
  const text = execFileSync('sh', [
    '-c',
    '"$0" --input-type=module --eval "$1" 2>&1',
    process.execPath,
    script,
  ])
  return text
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

group('an error in the log', () => {
  it('is its kind and message and nothing else, whether it was described before or not', () => {
    const lines = logged(
      `const error = Object.assign(new TypeError('no room'), { request: 'secret' })
       log.error({ err: error }, 'bare'); log.error({ err: describe(error) }, 'described'); log.error({ err: 'text' }, 'thrown')`,
    )
    const err = { name: 'TypeError', message: 'no room' }
    expect(lines.map((line) => line['err'])).toEqual([err, err, { name: 'Thrown', message: 'text' }])
    expect(JSON.stringify(lines)).not.toMatch(/secret|stack/)
  })

  it('is what was thrown where that is no error, and never the fault of the log', () => {
    expect([undefined, null, 7, { name: 'only' }].map(describe)).toEqual(
      ['undefined', 'null', '7', '[object Object]'].map((message) => ({ name: 'Thrown', message })),
    )
  })
})
