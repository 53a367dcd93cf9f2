import { describe, expect, it } from 'vitest'
import { readReport } from '../../../../sms/index.ts'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { removeExpired } from '../../../../sms/retention.ts'
import { createSms, type Sms } from '../../../../sms/sms.ts'
import { createWorker } from '../../../../sms/worker.ts'
import { GIF, JPEG, PNG, SECRET } from '../pictures.ts'
import { spanOf } from '../span.ts'
import { DAY, HOUR, MINUTE, numberAt, rig, type Rig } from './rig.ts'

const ANA = numberAt(1)
const BY = { actor: 'account:a1', reason: 'our own picture' } as const
const TEXT = 'Our new roast. Reply STOP to opt out.'

interface Desk extends Omit<Rig, 'sms'> {
  sms: Sms
  ask: { siteId: number; programId: string; to: string; text: string }
  picture(file: Buffer): Promise<string>
}

/** A program whose number carries pictures. */
async function desk(sender = '+12015550177', changes: { features?: string[] } = {}): Promise<Desk> {
  const here = await rig()
  const { clock } = here
  const carrier = await here.addSender(sender, {
    features: ['SmsSender', 'MmsSender'],
    prices: { segment: 7_900, surcharge: 3_000, media: 22_000 },
    ...changes,
  })
  const program = await here.addProgram({ name: 'Pictures' }, {}, carrier)
  const sms = createSms(here.parts, (tokens) => createMemoryProvider(tokens, clock))
  const { siteId, id: programId } = program
  return {
    ...here,
    sms,
    program,
    ask: { siteId, programId, to: ANA, text: TEXT },
    picture: async (file) => {
      const added = await sms.addPicture(siteId, file)
      if (!('id' in added)) throw new Error(added.error)
      return added.id
    },
  }
}

async function approve({ sms, ask }: Desk): Promise<void> {
  const [held] = await sms.held(ask.siteId)
  expect(await sms.approve(ask.siteId, held?.id ?? '', 24, BY)).toMatchObject({ is: 'approved' })
}

describe('a message with pictures', () => {
  it('S24 S13 waits until somebody has looked at them: no rule reads a picture', async () => {
    const here = await desk()
    const { sms, ask, picture, signUp, program, settle, provider } = here
    await signUp(ANA, program)
    const id = await picture(JPEG.whole)
    const sent = await sms.send({ ...ask, media: [id] }, 'one')
    expect(sent).toMatchObject({ decision: { verdict: 'wait', for: ['media-unseen'] } })
    await settle()
    expect(provider.received).toEqual([])
    expect(await sms.held(ask.siteId)).toMatchObject([{ text: TEXT, media: [id], findings: [] }])
    const toApprove = async (): Promise<number> =>
      (await readReport(here.parts, ask.siteId, spanOf(here))).queue.toApprove
    expect(await toApprove()).toBe(1)
    await approve(here)
    expect(await toApprove()).toBe(0)
    await settle()
    expect(provider.received).toMatchObject([{ to: ANA, text: TEXT, media: [{ type: 'image/jpeg' }] }])
    const [got] = provider.received
    expect(Buffer.from(got?.media[0]?.content ?? [])).toEqual(JPEG.bare)
    const other = await picture(PNG.whole)
    expect(await sms.send({ ...ask, media: [other] }, 'two')).toMatchObject({
      decision: { for: ['media-unseen'] },
    })
    expect(await sms.send({ ...ask, media: [id] }, 'three')).toMatchObject({ decision: { verdict: 'send' } })
  })

  it('S24 S6 S7 passes the same gate: an opt-out sentence, consent, and nothing after STOP', async () => {
    const here = await desk()
    const { sms, ask, picture, signUp, program, settle, provider, write } = here
    const media = [await picture(GIF.whole)]
    expect(await sms.send({ ...ask, media }, 'nobody')).toMatchObject({
      decision: { because: ['no-consent'] },
    })
    await signUp(ANA, program)
    expect(await sms.send({ ...ask, text: 'Our new roast.', media }, 'one')).toMatchObject({
      text: 'Our new roast.\nReply STOP to opt out.',
    })
    await approve(here)
    await write(ANA, 'STOP')
    await settle()
    expect(provider.received.filter(({ media: carried }) => carried.length > 0)).toEqual([])
  })

  it('S24 S1 takes a slot of the cap like any other', async () => {
    const { sms, ask, picture, signUp, program, settle, provider, clock, parts } = await desk()
    const media = [await picture(PNG.whole)]
    for (let index = 0; index < 48; index++) {
      await signUp(numberAt(index), program)
      await sms.send({ ...ask, to: numberAt(index), media }, `${index}`)
    }
    await approve({ sms, ask } as Desk)
    await settle()
    const begun = clock.now()
    expect(provider.received).toHaveLength(45)
    clock.pass(66_000)
    await createWorker(parts).round()
    await settle()
    const within = provider.received.filter(({ at }) => at < begun + MINUTE)
    expect([within.length, provider.received.length]).toEqual([45, 48])
  })

  it('S24 S15 costs what a message with pictures costs', async () => {
    const here = await desk()
    const { sms, ask, picture, signUp, program, settle, store } = here
    await signUp(ANA, program)
    await sms.send({ ...ask, media: [await picture(PNG.whole)] }, 'one')
    await approve(here)
    await settle()
    const costs = await store.db.selectFrom('sms_cost').select('amount').execute()
    expect(costs).toEqual([{ amount: 22_000 }])
  })

  it.each([
    ['one that the provider gave no pictures', '+12015550177', { features: ['SmsSender'] }],
    ['a toll-free one', '+18885550177', {}],
  ])('S24 goes from no number that carries none: %s', async (_, sender, changes) => {
    const { sms, ask, picture, signUp, program } = await desk(sender, changes)
    await signUp(ANA, program)
    expect(await sms.send({ ...ask, media: [await picture(PNG.whole)] }, 'one')).toMatchObject({
      decision: { verdict: 'block', because: ['media'] },
    })
  })

  it('S24 is refused with pictures that there are not, are another site’s, are too many or too large', async () => {
    const { sms, ask, picture, signUp, program } = await desk()
    await signUp(ANA, program)
    const id = await picture(PNG.whole)
    expect(await sms.send({ ...ask, media: ['none'] }, 'a')).toMatchObject({ is: 'refused', status: 404 })
    const foreign = await sms.addPicture(ask.siteId, PNG.whole)
    const eleven = Array.from({ length: 11 }, () => id)
    expect(await sms.send({ ...ask, media: eleven }, 'b')).toMatchObject({ status: 422 })
    expect(await sms.picture(ask.siteId + 1, 'id' in foreign ? foreign.id : '')).toMatchObject({
      status: 404,
    })
    const large = Buffer.concat([PNG.bare.subarray(0, 33), bigChunk(900_000), PNG.bare.subarray(33)])
    const media = [await picture(large), await picture(large)]
    expect(await sms.send({ ...ask, media }, 'c')).toMatchObject({ status: 422 })
    expect(await sms.addPicture(ask.siteId, Buffer.alloc(2_000_000, 1))).toMatchObject({ status: 413 })
    expect(await sms.addPicture(ask.siteId, Buffer.from('<svg/>'))).toMatchObject({ status: 422 })
  })

  it('S18 S24 its pictures are sealed, and keep nothing of where and by what they were taken', async () => {
    const { sms, picture, store, ask } = await desk()
    const id = await picture(JPEG.whole)
    const [row] = await store.db.selectFrom('sms_media').selectAll().execute()
    expect(row?.body).not.toContain(JPEG.bare.toString('base64').slice(0, 40))
    const kept = await sms.picture(ask.siteId, id)
    expect('content' in kept && Buffer.from(kept.content).includes(SECRET)).toBe(false)
  })

  it('S22 S24 pictures are removed 90 days after the last message that they were for has expired', async () => {
    const { sms, ask, picture, signUp, program, clock, parts, store } = await desk()
    await signUp(ANA, program)
    const [used] = [await picture(PNG.whole), await picture(GIF.whole)]
    await sms.send({ ...ask, media: [used ?? ''], sendAt: clock.now() + 9 * DAY }, 'later')
    const left = async (): Promise<string[]> =>
      (await store.db.selectFrom('sms_media').select('id').execute()).map(({ id }) => id)
    clock.pass(90 * DAY + HOUR)
    expect(await removeExpired(parts)).toMatchObject({ media: 1 })
    expect(await left()).toEqual([used])
    clock.pass(10 * DAY)
    expect(await removeExpired(parts)).toMatchObject({ media: 1 })
    expect(await left()).toEqual([])
  })

  it('S24 does not leave without one of its pictures', async () => {
    const here = await desk()
    const { sms, ask, picture, signUp, program, settle, store, provider, rows } = here
    await signUp(ANA, program)
    await sms.send({ ...ask, media: [await picture(PNG.whole)] }, 'one')
    await approve(here)
    await store.db.deleteFrom('sms_media').execute()
    await settle()
    expect(provider.received).toEqual([])
    const [row] = await rows('program')
    expect(JSON.parse(row?.decision ?? '{}')).toMatchObject({ because: ['media'] })
  })
})

/** An IDAT of so many bytes. */
function bigChunk(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return Buffer.concat([length, Buffer.from('IDAT'), Buffer.alloc(bytes + 4, 5)])
}
