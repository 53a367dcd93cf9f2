import { beforeAll, describe, expect, it } from 'vitest'
import type { Note } from '../../schema/note.ts'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { soon, startDashboards, type Dashboards } from '../support/dashboard.ts'
import type { FakeApi } from '../support/fake-api.ts'

const SITE = 'example.com'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

describe('notes', () => {
  const told = (api: FakeApi, text = 'The new shop opened') => {
    const note: Note = { id: 'n1', day: '2026-11-23', text, role: 'analyst' }
    api.told[`GET api/sites/${SITE}/notes`] = { notes: [note] }
  }

  it('R9.1 stand at their day in the line, in its words and in its table; whoever may writes and removes them', async () => {
    const { page, api, faults } = await dashboards.open('?period=7d', {
      prepare: (one) => {
        one.may.push('notes.read', 'notes.write')
        told(one)
      },
    })
    const line = page.getByRole('slider')
    await line.press('End')
    expect(await line.getAttribute('aria-valuetext')).not.toContain('shop')
    await line.press('ArrowLeft')
    await soon(() => line.getAttribute('aria-valuetext')).toContain('The new shop opened')
    expect(await page.locator('.note').textContent()).toContain('The new shop opened')
    await line.press('t')
    const row = page.getByRole('row', { name: /23 Nov/ })
    expect(await row.getByRole('cell').last().textContent()).toContain('The new shop opened')
    await page.getByRole('button', { name: 'Notes (1)' }).click()
    await page.getByLabel('What happened').fill('Prices went up')
    expect(await page.getByLabel('Day', { exact: true }).inputValue()).toBe('2026-11-24')
    api.told[`POST api/sites/${SITE}/notes`] = {}
    told(api, 'Prices went up')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Prices went up' }).waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    api.told[`DELETE api/sites/${SITE}/notes/n1`] = {}
    api.told[`GET api/sites/${SITE}/notes`] = { notes: [] }
    await page.getByRole('button', { name: 'Remove Prices went up' }).click()
    await page.getByRole('button', { name: 'Add a note' }).waitFor()
    expect(faults).toEqual([])
  })

  it('are text, and are not there for whoever may not read them', async () => {
    const { page, faults } = await dashboards.open('?period=7d', {
      prepare: (one) => {
        one.may.push('notes.read')
        told(one, '<img src=x onerror="window.wasRun=true">')
      },
    })
    await page.getByRole('button', { name: 'Notes (1)' }).click()
    await page.getByRole('listitem').filter({ hasText: '<img src=x' }).waitFor()
    expect(await page.getByRole('button', { name: 'Add note' }).count()).toBe(0)
    expect(await page.locator('main img').count()).toBe(0)
    expect(faults).toEqual([])
    const without = await dashboards.open('?period=7d', { prepare: told })
    await without.page.getByRole('slider').waitFor()
    expect(await without.page.getByRole('button', { name: /[Nn]ote/ }).count()).toBe(0)
  })
})
