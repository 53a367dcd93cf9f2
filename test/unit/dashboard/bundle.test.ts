import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, type Bundled } from '../../support/bundle-dashboard.ts'

describe('the bundle', () => {
  let folder = ''
  let bundled: Bundled
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-dashboard-'))
    bundled = await bundle(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('costs a first visit at most 30 kB of brotli', () => {
    expect(bundled.firstLoadBytes).toBeGreaterThan(5_000)
    expect(bundled.firstLoadBytes).toBeLessThanOrEqual(30_000)
  })

  it('is a page that names its own files, relative to itself, and nothing else', () => {
    const page = readFileSync(path.join(folder, 'dashboard/index.html'), 'utf8')
    const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '')
    expect(named.length).toBe(3)
    expect([...named, 'index.html'].toSorted()).toEqual(
      readdirSync(path.join(folder, 'dashboard')).toSorted(),
    )
    expect(named.every((file) => /^(main|icon)-\w+\.(js|css|svg)$/.test(file))).toBe(true)
    expect(page).not.toMatch(/<style|style=|onload=|<script>/)
  })

  it('names no other host', () => {
    const namespace = 'http://www.w3.org/'
    const hosts = bundled.files.flatMap((file) => {
      const content = readFileSync(path.join(folder, 'dashboard', file), 'utf8').replaceAll(namespace, '')
      return content.match(/https?:\/\/[\w.]+/g) ?? []
    })
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
