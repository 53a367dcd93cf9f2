import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, type Bundled } from '../../support/bundle-dashboard.ts'

describe('the bundle', () => {
  let folder = ''
  let bundled: Bundled
  /** What the page names: its first load. */
  let named: string[]
  const contentOf = (file: string): string => readFileSync(path.join(folder, 'dashboard', file), 'utf8')
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-dashboard-'))
    bundled = await bundle(folder)
    named = [...contentOf('index.html').matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('costs a first visit one script, and at most 40 kB of brotli', () => {
    expect(bundled.firstLoadBytes).toBeGreaterThan(5_000)
    expect(bundled.firstLoadBytes).toBeLessThanOrEqual(40_000)
    const [main = '', ...others] = named.filter((file) => file.endsWith('.js'))
    expect(others).toEqual([])
    expect([...contentOf(main).matchAll(/(?:^|[;}])import["{][^;]{0,80}/g)].map(([found]) => found)).toEqual(
      [],
    )
  })

  it('gives pages on demand all that they take from other scripts', () => {
    const given = (file: string): string[] =>
      (/export\{([^}]*)\};\s*$/.exec(contentOf(file))?.[1] ?? '')
        .split(',')
        .map((one) => one.split(' as ').at(-1) ?? '')
    const taken = bundled.files.flatMap((file) =>
      [...contentOf(file).matchAll(/import\{([^}]*)\}from"\.\/([^"]+)"/g)].flatMap(
        ([, names = '', from = '']) =>
          names.split(',').map((name) => ({ file, from, name: name.split(' as ')[0] ?? '' })),
      ),
    )
    expect(taken.length).toBeGreaterThan(100)
    expect(taken.filter(({ from, name }) => !given(from).includes(name))).toEqual([])
    const asked = bundled.files.flatMap((file) =>
      [...contentOf(file).matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, from]) => from ?? ''),
    )
    expect(asked.length).toBeGreaterThan(20)
    expect(asked.filter((file) => !bundled.files.includes(file))).toEqual([])
  })

  it('leaves pages that few open to be loaded on demand', () => {
    const main = named.filter((file) => file.endsWith('.js')).map(contentOf)
    const later = bundled.files.filter((file) => file.endsWith('.js') && !named.includes(file)).map(contentOf)
    for (const text of ['Invite somebody', 'Set-up link', 'api/access-review']) {
      expect([text, main.some((script) => script.includes(text))]).toEqual([text, false])
      expect([text, later.some((script) => script.includes(text))]).toEqual([text, true])
    }
    expect(bundled.onDemandBytes).toBeLessThanOrEqual(100_000)
  })

  it('is a page that names its own files, relative to itself, and nothing else', () => {
    const page = contentOf('index.html')
    const made = readdirSync(path.join(folder, 'dashboard'))
    expect(made.toSorted()).toEqual(bundled.files.toSorted())
    expect(named.filter((file) => !made.includes(file))).toEqual([])
    for (const kind of ['main-\\w+\\.js', 'main-\\w+\\.css', 'icon-\\w+\\.svg']) {
      expect(named.filter((file) => new RegExp(`^${kind}$`).test(file))).toHaveLength(1)
    }
    expect(named.every((file) => /^(main|icon)-\w+\.(js|css|svg)$/.test(file))).toBe(true)
    expect(page).not.toMatch(/<style|style=|onload=|<script>/)
  })

  it('names no other host', () => {
    const namespace = 'http://www.w3.org/'
    const hosts = bundled.files.flatMap(
      (file) =>
        contentOf(file)
          .replaceAll(namespace, '')
          .match(/https?:\/\/[\w.]+/g) ?? [],
    )
    expect(hosts).toEqual([])
  })
})

it('no view makes markup out of text', () => {
  const sources = readdirSync(new URL('../../../dashboard', import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  })
  const scripts = sources.filter((file) => /\.tsx?$/.test(file))
  expect(scripts.length).toBeGreaterThan(20)
  const makers = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/i
  const found = scripts.filter((file) =>
    makers.test(readFileSync(new URL(`../../../dashboard/${file}`, import.meta.url), 'utf8')),
  )
  expect(found).toEqual([])
})
