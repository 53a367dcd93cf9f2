import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Browser, FrameLocator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PolicyManifest } from '../../../schema/policy.ts'
import { programFile, projectRoot } from '../../../server/project-root.ts'
import { axeBreaches } from '../../support/breaches.ts'
import {
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedBrowser,
  type Visitor,
} from '../../support/browser.ts'
import { openedStore } from '../../unit/store/opened.ts'

const SITE = 'shop.example'
const entry = programFile('main')
const run = promisify(execFile)

let browser: Browser
let folder: string
let file: string
let command: ChildProcess | undefined
let url: string
let visitor: Visitor
let stage: FrameLocator

const env = (): NodeJS.ProcessEnv => ({ ...process.env, SLUICE_DATA: folder })

beforeAll(async () => {
  browser = await sharedBrowser()
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-preview-'))
  file = path.join(folder, 'shop.json')
  await run(process.execPath, [entry, 'site', 'add', SITE], { env: env() })
})

/** `sluice policy preview shop.example shop.json`, beside a site that has the default manifest. */
beforeEach(async () => {
  copyFileSync(path.join(projectRoot, 'examples/policy/shop.json'), file)
  if (command === undefined || command.exitCode !== null) {
    command = spawn(process.execPath, [entry, 'policy', 'preview', SITE, file, '--json'], {
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(command.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    url = (JSON.parse(said.toString()) as { url: string }).url
  }
  // Without a scheme of the driver's: the page's switch is to be seen.
  visitor = await openVisitor(browser, {
    colorScheme: null,
    viewport: { width: 1280, height: 720 },
  })
  await visitor.page.goto(url)
  stage = visitor.page.frameLocator('iframe')
})
afterEach(() => visitor.leave())
afterAll(async () => {
  if (command?.exitCode === null) {
    command.kill('SIGKILL')
    await once(command, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

const switchTo = async (word: string): Promise<void> => {
  await visitor.page.getByRole('link', { name: word, exact: true }).click()
}
const change = (changes: Partial<PolicyManifest>): void => {
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }))
}

describe('sluice policy preview', () => {
  it('shows the texts and tokens of a manifest that is not published', async () => {
    expect(await visitor.page.locator('main').textContent()).toContain(
      'shop.json, not published: it would be revision 2.',
    )
    await stage.getByText('Your choice at Example Shop').waitFor()
    expect(await stage.locator('.cm').textContent()).toContain('dpo@example.com')
    const roles = await stage
      .locator('.cm__btn')
      .evaluateAll((buttons) => buttons.map((button) => button.dataset['role']))
    expect(roles).toEqual(['necessary', 'all', 'show'])
    const look = (): Promise<{ water: string; radius: string; surface: string }> =>
      stage.locator('.cm').evaluate((card) => ({
        water: getComputedStyle(card.querySelector('a') as Element).color,
        radius: getComputedStyle(card.querySelector('.cm__btn') as Element).borderRadius,
        surface: getComputedStyle(card).backgroundColor,
      }))
    await switchTo('Light')
    await stage.locator('.cm').waitFor()
    expect(await look()).toEqual({
      water: 'rgb(122, 31, 92)',
      radius: '12px',
      surface: 'rgb(255, 255, 255)',
    })
    await switchTo('Dark')
    await stage.locator('.cm').waitFor()
    expect(await look()).toEqual({ water: 'rgb(240, 166, 214)', radius: '12px', surface: 'rgb(26, 31, 34)' })
    expect(visitor.complaints).toEqual([])
  })

  it('switches language, layer, width, signal and statistics, each by a link that keeps the others', async () => {
    await switchTo('Deutsch')
    await stage.getByRole('button', { name: 'Alle ablehnen' }).waitFor()
    await switchTo('Sent')
    await stage.locator('.cm .sluice-signal').waitFor()
    await switchTo('Not sent')
    await switchTo('On, with the objection')
    await stage.locator('.cm [data-role="object"]').waitFor()
    await switchTo('Narrow, 320 px')
    expect(await stage.locator('html').evaluate(() => innerWidth)).toBe(320)
    await switchTo('Dialog')
    await stage.locator('.pm__title').waitFor()
    expect(await stage.locator('.pm').getAttribute('role')).toBe('dialog')
    const current = await visitor.page.locator('[aria-current]').allTextContents()
    expect(current.map((text) => text.trim())).toEqual([
      'Deutsch',
      'Dialog',
      'As the system',
      'Narrow, 320 px',
      'Not sent',
      'On, with the objection',
    ])
    await stage.locator('.pm a[href*="privacy/cookies"]').click()
    const declaration = await visitor.context.waitForEvent('page')
    expect(await declaration.locator('body').textContent()).toContain('Spielt unsere Filme auf der Seite.')
  })

  it('records no choice: not in the browser, not in the store, and it asks for nothing but its own pages', async () => {
    for (const role of ['all', 'necessary']) {
      await stage.locator(`.cm__btn[data-role="${role}"]`).click()
      const said = role === 'all' ? 'Statistics, Preferences, Advertising' : 'nothing'
      await stage.getByText(`A visitor would have allowed ${said}. Nothing was recorded.`).waitFor()
      expect(await stage.locator('.cm').isVisible()).toBe(false)
      await stage.getByRole('link', { name: 'Show it again' }).click()
    }
    await stage.locator('.cm').waitFor()
    await visitor.settle()
    expect(visitor.requests.filter((request) => request.method !== 'GET')).toEqual([])
    expect(visitor.requests.map((request) => new URL(request.url)).filter(isForeign)).toEqual([])
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    const refused = await fetch(`${url}c`, { method: 'POST', body: '{}' })
    expect(refused.status).toBe(405)

    const { db } = await openedStore(folder)
    for (const table of [
      'consent_ledger',
      'consent_receipt',
      'consent_count',
      'consent_granted_count',
      'policy',
    ] as const) {
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  it('shows what the file says now, and why it cannot load', async () => {
    change({ choiceDays: 60, texts: { en: { title: 'Another title' } } })
    await visitor.page.reload()
    await stage.getByText('Another title').waitFor()
    expect(await visitor.page.locator('ul.status').textContent()).toContain('choiceDays: ')
    change({ texts: { en: { rejectAll: '' } } })
    await visitor.page.reload()
    expect(await visitor.page.locator('.status').textContent()).toMatch(
      /^The manifest is refused: texts\.en\.rejectAll: /,
    )
    writeFileSync(file, '{')
    await visitor.page.reload()
    expect(await visitor.page.locator('.status').textContent()).toContain('is no valid JSON')
  })

  it('is accessible itself', async () => {
    await stage.locator('.cm').waitFor()
    expect(await axeBreaches(visitor.page)).toEqual([])
    await visitor.page.setViewportSize({ width: 320, height: 640 })
    expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })

  it('ends with Ctrl-C', async () => {
    const exited = once(command as ChildProcess, 'exit')
    command?.kill('SIGINT')
    expect(await exited).toEqual([0, null])
  })
})

function isForeign({ origin }: URL): boolean {
  return `${origin}/` !== url
}
