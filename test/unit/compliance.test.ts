import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Results {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[]
}
type WriteCompliance = (results: Results, root: URL) => { proven: number; rows: number }

let root: string
let write: (results: Results) => Record<string, string>
beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'sluice-compliance-'))
  mkdirSync(path.join(root, 'test'))
  mkdirSync(path.join(root, 'docs'))
  const promises = { 'R1.1': 'Counts', S1: 'Slow enough', S2: 'Asked first' }
  writeFileSync(path.join(root, 'test/requirements.json'), JSON.stringify(promises))
  const script = new URL('../../scripts/compliance.mjs', import.meta.url).href
  const { writeCompliance } = (await import(script)) as { writeCompliance: WriteCompliance }
  write = (results) => {
    writeCompliance(results, pathToFileURL(`${root}/`))
    const document = readFileSync(path.join(root, 'docs/compliance.md'), 'utf8')
    return Object.fromEntries(
      [...document.matchAll(/^\| (\S+) \| [^|]+ \| ([^|]+) \|/gm)].map(([, id, state]) => [id, state]),
    )
  }
})
afterEach(() => rmSync(root, { recursive: true }))

const file = (name: string, ...tests: [fullName: string, status: string][]): Results['testResults'][0] => ({
  name: `/checkout/test/${name}`,
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
})

describe('a row of the compliance table', () => {
  it('is open without a test, proven by those that carry its id, and fails with one of them', () => {
    expect(write({ testResults: [] })).toMatchObject({ 'R1.1': 'open', S1: 'open', S2: 'open' })
    const passes = file('unit/one.test.ts', ['R1.1 counts', 'passed'])
    expect(write({ testResults: [passes] })).toMatchObject({ 'R1.1': 'proven in part or whole' })
    const fails = file('unit/two.test.ts', ['counts R1.1 twice', 'failed'])
    expect(write({ testResults: [passes, fails] })).toMatchObject({ 'R1.1': 'FAILS' })
  })

  it('fails when its test fails on one of two databases', () => {
    const name = 'R1.1 counts'
    for (const states of [
      ['passed', 'failed'],
      ['failed', 'passed'],
    ]) {
      const files = states.map((state) => file('unit/one.test.ts', [name, state]))
      expect(write({ testResults: files })).toMatchObject({ 'R1.1': 'FAILS' })
    }
  })

  it('of the SMS module is proven by its own tests, not by states of consent that have the same name', () => {
    const states = file('browser/consent/states.test.ts', ['S1, granted: sends', 'passed'])
    const sms = file('integration/sms/pace.test.ts', ['S2 asks first', 'passed'])
    expect(write({ testResults: [states, sms] })).toMatchObject({ S1: 'open', S2: 'proven in part or whole' })
  })
})
