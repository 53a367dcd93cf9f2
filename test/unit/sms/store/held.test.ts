import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { migrationFolder, readMigrations } from '../../../../server/migrations.ts'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { createSms } from '../../../../sms/sms.ts'
import { DAY, numberAt, rig, type Rig } from '../outbox/rig.ts'

const HELD = 'S a l e today: two lattes for one.'
const BY = { actor: 'account:a1', reason: 'it is how our shop writes it' } as const

interface Desk extends Omit<Rig, 'sms'> {
  send(number: string, text: string, key: string): Promise<string>
  /** The first text that waits. */
  decide(how: 'approve' | 'refuse'): Promise<void>
  /** Messages by which a person is to be asked. */
  heldIds(): Promise<string[]>
}

async function desk(): Promise<Desk> {
  const here = await rig()
  const sms = createSms(here.parts, (tokens) => createMemoryProvider(tokens, here.clock))
  const { siteId, id: programId } = here.program
  return {
    ...here,
    send: async (to, text, key) => {
      const sent = await sms.send({ siteId, programId, to, text }, key)
      if (sent.is !== 'queued') throw new Error(sent.is)
      return sent.id
    },
    decide: async (how) => {
      const id = (await sms.held(siteId))[0]?.id ?? ''
      await (how === 'approve' ? sms.approve(siteId, id, 1, BY) : sms.refuse(siteId, id, BY))
    },
    heldIds: async () => (await here.rows()).flatMap((row) => (row.held_at === null ? [] : [row.id])),
  }
}

describe('S13 what waits for a person', () => {
  it('is told from the moment the gate says so until somebody decides, STOP comes or it expires', async () => {
    const { send, decide, heldIds, signUp, settle, write, row, clock } = await desk()
    for (const at of [1, 2, 3]) await signUp(numberAt(at))
    const plain = await send(numberAt(1), 'Two lattes for one.', 'plain')
    const first = await send(numberAt(1), HELD, 'first')
    const since = clock.now()
    expect(await heldIds()).toEqual([first])
    clock.pass(60_000)
    await settle()
    expect((await row(first)).held_at).toBe(since)
    await decide('approve')
    expect(await heldIds()).toEqual([])
    await settle()
    expect(await row(first)).toMatchObject({ status: 'accepted', held_at: null })
    expect(await row(plain)).toMatchObject({ status: 'accepted', held_at: null })

    const second = await send(numberAt(2), `${HELD} Today!`, 'second')
    await decide('refuse')
    expect(await row(second)).toMatchObject({ status: 'cancelled', held_at: null })

    const third = await send(numberAt(2), `${HELD} Now!`, 'third')
    await write(numberAt(2), 'STOP')
    expect(await row(third)).toMatchObject({ status: 'cancelled', held_at: null })

    const late = await send(numberAt(3), `${HELD} Soon!`, 'late')
    expect(await heldIds()).toEqual([late])
    clock.pass(2 * DAY)
    await settle()
    expect(await row(late)).toMatchObject({ status: 'blocked', held_at: null })
  })

  it('is found again of what an earlier version left in the queue', async () => {
    const { send, decide, heldIds, signUp, settle, store } = await desk()
    for (const at of [1, 2]) await signUp(numberAt(at))
    await send(numberAt(1), 'Two lattes for one.', 'plain')
    await send(numberAt(1), HELD, 'approved')
    await decide('approve')
    await send(numberAt(1), `${HELD} Today!`, 'refused')
    await decide('refuse')
    const waiting = [
      await send(numberAt(1), `${HELD} Now!`, 'one'),
      await send(numberAt(2), `${HELD} Now!`, 'two'),
    ]
    await settle()
    await store.db.updateTable('sms_message').set({ held_at: null }).execute()
    const { sql: migration = '' } =
      readMigrations(migrationFolder('store')).find(({ name }) => name === '0023_sms_held') ?? {}
    await sql.raw(/^UPDATE [^;]+;/m.exec(migration)?.[0] ?? '').execute(store.db)
    expect((await heldIds()).toSorted()).toEqual(waiting.toSorted())
  })
})
