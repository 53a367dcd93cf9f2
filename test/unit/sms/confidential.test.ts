import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runSmsDemo } from '../../../server/sms/demo.ts'
import { createSubjectActs } from '../../../server/sms/subjects/subject-acts.ts'
import { keptIn } from '../store/opened.ts'
import { BY, NUMBER, startLife } from './life.ts'

/** A number as it could leave or be kept: as people write it, and by the hashes that others match lists with. */
function spellingsOf(e164: string): string[] {
  const [, area = '', exchange = '', line = ''] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164) ?? []
  const written = [
    e164,
    e164.slice(1),
    `${area}${exchange}${line}`,
    `(${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    encodeURIComponent(e164),
  ]
  const hashed = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) =>
    written.flatMap((text) => {
      const digest = createHash(algorithm).update(text).digest()
      return [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')]
    }),
  )
  return [...written, ...hashed]
}

function found(bytes: Buffer | string, wanted: readonly string[]): string[] {
  return wanted.filter((text) => bytes.includes(text))
}

describe('S17 R5.1 numbers go to the provider and to nobody else', () => {
  it('S17 R5.1 a whole life opens connections to its page and its provider alone; no line that is said holds a number', async () => {
    const sockets: Promise<string>[] = []
    const record = (message: unknown): void => {
      const { socket } = message as { socket: Socket }
      const to = new Promise<string>((resolve) => {
        socket.once('connect', () => resolve(`${socket.remoteAddress}:${socket.remotePort}`))
        socket.once('error', () => resolve('nowhere'))
      })
      sockets.push(to)
    }
    subscribe('net.client.socket', record)
    onTestFinished(() => void unsubscribe('net.client.socket', record))
    const said: string[] = []
    const { handsets } = await runSmsDemo((line) => said.push(line))
    const numbers = Object.keys(handsets).flatMap(spellingsOf)
    expect(sockets.length).toBeGreaterThan(0)
    // The page, where people type their numbers, and the simulated provider: a number could be in no other connection.
    const here = expect.stringMatching(/^127\.0\.0\.1:\d+$/)
    expect([...new Set(await Promise.all(sockets))]).toEqual([here, here])
    expect(found(said.join('\n'), numbers)).toEqual([])
  })
})

describe('S18 what is kept', () => {
  it('S18 holds no number and no text in the clear, in any spelling or plain hash, in no file', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await life.stop(subject, 'No more please, says the canary of Elm Street')
    const acts = createSubjectActs({ sms: life.parts, store: life.store })
    expect((await acts.reveal(subject.id, BY)).reveal()).toBe(NUMBER)
    await life.proofs({ subjectId: subject.id, isUnmasked: true }, BY)
    const secrets = [
      ...spellingsOf(NUMBER),
      'canary of Elm Street',
      'reply YES to get',
      'recurring automated',
    ]
    // The scan finds what is there.
    expect(found(Buffer.from(`x${NUMBER}y`), secrets).length).toBeGreaterThan(0)
    for (const [name, bytes] of await keptIn(life.dataDir, life.store)) {
      expect([name, found(bytes, secrets)]).toEqual([name, []])
    }
  })

  it('S18 opens with its own key alone: another subject’s key, and a changed byte, are refused', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const other = await life.subject('+13125550199')
    const place = { table: 'sms_ledger', row: 'r', column: 'payload' } as const
    const sealed = subject.envelope.seal('a text', place)
    expect(subject.envelope.open(sealed, place)).toBe('a text')
    expect(() => other.envelope.open(sealed, place)).toThrow('another key')
    expect(() => subject.envelope.open(sealed, { ...place, row: 's' })).toThrow('belongs to another row')
    const changed = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2)
    expect(() => subject.envelope.open(changed, place)).toThrow('was changed')
  })

  it('S20 S21 a number that was shown is in the audit log and in the subject’s ledger, with why and without the number', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const acts = createSubjectActs({ sms: life.parts, store: life.store })
    await acts.reveal(subject.id, BY)
    const entry = (await life.parts.ledger.read(life.sms.db, subject)).at(-1)
    expect(entry).toMatchObject({
      entry: { event: 'disclosed', method: 'reveal', actor: 'terminal' },
      opened: { payload: { reason: BY.reason } },
    })
    await expect(acts.reveal('nobody', BY)).rejects.toMatchObject({ status: 404 })
  })

  it('S22 a legal hold keeps anybody from erasing until it is lifted', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const acts = createSubjectActs({ sms: life.parts, store: life.store })
    await acts.hold(subject.id, BY)
    await expect(acts.erase(subject.id, BY)).rejects.toMatchObject({ status: 409 })
    expect(await acts.release(subject.id, BY)).toBe(true)
    expect(await acts.release(subject.id, BY)).toBe(false)
    await acts.erase(subject.id, BY)
    await expect(acts.erase(subject.id, BY)).rejects.toMatchObject({ status: 404 })
  })
})
