import { describe, expect, it } from 'vitest'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { createNotes } from '../../../server/notes/notes.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { seededDataKeys } from '../store/keys.ts'
import { dataFolder, movedClock, openedStore } from '../store/opened.ts'

const BY = { actor: 'account:0123', role: 'analyst' } as const

async function scene() {
  const store = await openedStore(dataFolder())
  const clock = movedClock()
  const keys = await seededDataKeys(store)
  const audit = createAuditLog({ store, clock, signer: auditSigner(keys.lasting) })
  const sites = createSites({ store, clock, audit })
  const site = await sites.add({ domain: 'example.com' })
  const notes = createNotes({ store, audit, clock })
  const logged = async () => {
    const rows = await store.db.selectFrom('audit_log').selectAll().orderBy('seq').execute()
    return rows.filter(({ action }) => action.startsWith('note.'))
  }
  return { store, sites, site, notes, logged }
}

describe('notes of a site', () => {
  it('R2.6 are kept by day with the role of whoever wrote them, and each is in the audit log, without its text', async () => {
    const { sites, site, notes, logged } = await scene()
    const other = await sites.add({ domain: 'other.example' })
    const launch = await notes.add(site, { day: '2026-11-24', text: '  The new\n shop opened ' }, BY)
    await notes.add(site, { day: '2026-11-20', text: 'Prices went up' }, BY)
    await notes.add(other, { day: '2026-11-24', text: 'Elsewhere' }, BY)
    expect(launch).toMatchObject({ day: '2026-11-24', text: 'The new shop opened', role: 'analyst' })
    expect((await notes.list(site, '2026-11-01', '2026-11-30')).map(({ text }) => text)).toEqual([
      'Prices went up',
      'The new shop opened',
    ])
    expect(await notes.list(site, '2026-11-21', '2026-11-23')).toEqual([])
    await expect(notes.remove(other, launch.id, BY)).rejects.toThrow('no note with this id')
    await notes.remove(site, launch.id, BY)
    expect(await notes.list(site, '2026-11-24', '2026-11-24')).toEqual([])
    const rows = await logged()
    expect(rows.map(({ action, actor, site: domain }) => [action, actor, domain])).toEqual([
      ['note.added', BY.actor, 'example.com'],
      ['note.added', BY.actor, 'example.com'],
      ['note.added', BY.actor, 'other.example'],
      ['note.removed', BY.actor, 'example.com'],
    ])
    expect(JSON.stringify(rows)).not.toContain('shop')
  })

  it('R1.1 hold no address and no long number, are short, of a day there is, and not too many', async () => {
    const { store, sites, site, notes } = await scene()
    const add = (text: string, day = '2026-11-24') => notes.add(site, { day, text }, BY)
    await expect(add('ask ana@example.com')).rejects.toThrow('Leave e-mail addresses')
    await expect(add('call (212) 555-0123')).rejects.toThrow('Leave e-mail addresses')
    await expect(add(' ')).rejects.toThrow('1 to 200 characters')
    await expect(add('x'.repeat(201))).rejects.toThrow('1 to 200 characters')
    await expect(add('fine', '2026-02-30')).rejects.toThrow('A day is written like')
    for (let count = 0; count < 10; count++) await add(`Note ${count}`)
    await expect(add('one more')).rejects.toThrow('10 notes at most')
    expect(await store.db.selectFrom('note').select('id').execute()).toHaveLength(10)
    const other = await sites.add({ domain: 'other.example' })
    expect(await notes.add(other, { day: '2026-11-24', text: 'The first here' }, BY)).toBeDefined()
  })

  it('R4.7 go with their site', async () => {
    const { store, sites, site, notes } = await scene()
    await notes.add(site, { day: '2026-11-24', text: 'The new shop opened' }, BY)
    await sites.remove(site.domain)
    expect(await store.db.selectFrom('note').select('id').execute()).toEqual([])
  })
})
