import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSignIn, type SignIn } from '../../../server/accounts/sign-in.ts'
import { dataFolder, listen, movedClock, openedStore, type MovedClock } from '../store/opened.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

interface Scene {
  clock: MovedClock
  dataDir: string
  signIn: SignIn
  elsewhere: SignIn
  warnings: string[]
}

async function scene(publicUrl = 'http://127.0.0.1:8000'): Promise<Scene> {
  const clock = movedClock()
  const dataDir = dataFolder()
  const { log, lines } = listen()
  const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
  return {
    clock,
    dataDir,
    signIn: createSignIn({ store, clock, log, publicUrl }),
    elsewhere: createSignIn({ store: other, clock, log, publicUrl }),
    warnings: lines,
  }
}

const tokenOf = (link: string): string => new URL(link).searchParams.get('token') ?? ''

/** What a browser sends back of a Set-Cookie header. */
async function signedIn(signIn: SignIn): Promise<string> {
  const redeemed = await signIn.redeem(tokenOf(await signIn.createSignInLink()))
  return redeemed?.setCookie.split(';')[0] ?? ''
}

describe('the one-time link', () => {
  it('points to the public address and signs in once', async () => {
    const { signIn, elsewhere } = await scene('https://example.com/_s')
    const link = await signIn.createSignInLink()
    expect(link).toMatch(/^https:\/\/example\.com\/_s\/sign-in\?token=[A-Za-z0-9_-]{43}$/)
    const redeemed = await Promise.all([signIn.redeem(tokenOf(link)), signIn.redeem(tokenOf(link))])
    expect(redeemed.filter(Boolean)).toHaveLength(1)
    expect(await elsewhere.redeem(tokenOf(link))).toBeUndefined()
  })

  it('points elsewhere when the caller knows better', async () => {
    const { signIn } = await scene()
    expect(await signIn.createSignInLink('http://127.0.0.1:4711/')).toMatch(
      /^http:\/\/127\.0\.0\.1:4711\/sign-in\?token=/,
    )
  })

  it('is good for an hour', async () => {
    const { signIn, clock } = await scene()
    const token = tokenOf(await signIn.createSignInLink())
    clock.pass(HOUR_MS - 1)
    expect(await signIn.redeem(token)).toBeDefined()
    const late = tokenOf(await signIn.createSignInLink())
    clock.pass(HOUR_MS)
    expect(await signIn.redeem(late)).toBeUndefined()
  })

  it('ends when a newer one is made', async () => {
    const { signIn } = await scene()
    const first = tokenOf(await signIn.createSignInLink())
    const second = tokenOf(await signIn.createSignInLink())
    expect(await signIn.redeem(first)).toBeUndefined()
    expect(await signIn.redeem(second)).toBeDefined()
  })

  it('cannot be guessed, and odd tokens do no harm', async () => {
    const { signIn } = await scene()
    const token = tokenOf(await signIn.createSignInLink())
    for (const wrong of ['', 'a', token.slice(1), `${token}x`, '\0', '\ud800', 'x'.repeat(100_000)]) {
      expect(await signIn.redeem(wrong)).toBeUndefined()
    }
    expect(await signIn.redeem(token)).toBeDefined()
  })
})

describe('a session', () => {
  it('is known by its cookie among others, here and in another process', async () => {
    const { signIn, elsewhere, clock } = await scene()
    const cookie = await signedIn(signIn)
    const session = { endsAt: clock.now() + 12 * HOUR_MS }
    expect(signIn.verify(cookie)).toEqual(session)
    expect(elsewhere.verify(`theme=dark; ${cookie}; x=1`)).toEqual(session)
  })

  it('is not made up', async () => {
    const { signIn } = await scene()
    const cookie = await signedIn(signIn)
    for (const wrong of [
      undefined,
      '',
      ';;;',
      '=',
      'sluice_session',
      'sluice_session=',
      `${cookie}x`,
      cookie.slice(0, -1),
      `x${cookie}`,
      'sluice_session=\0',
      'x'.repeat(100_000),
    ]) {
      expect(signIn.verify(wrong)).toBeUndefined()
    }
  })

  it('ends twelve hours after the last request, and a week after it began', async () => {
    const { signIn, clock } = await scene()
    const cookie = await signedIn(signIn)
    for (let hours = 0; hours < 7 * 24 - 11; hours += 11) {
      expect(signIn.verify(cookie)).toBeDefined()
      await signIn.settled()
      clock.pass(11 * HOUR_MS)
    }
    expect(signIn.verify(cookie)).toBeDefined()
    clock.pass(11 * HOUR_MS)
    expect(signIn.verify(cookie)).toBeUndefined()

    const idle = await signedIn(signIn)
    clock.pass(12 * HOUR_MS - 1)
    expect(signIn.verify(idle)).toBeDefined()
    await signIn.settled()
    clock.pass(12 * HOUR_MS)
    expect(signIn.verify(idle)).toBeUndefined()
  })

  it('lives on in a process that starts later', async () => {
    const { signIn, elsewhere, clock } = await scene()
    const cookie = await signedIn(signIn)
    clock.pass(11 * HOUR_MS)
    signIn.verify(cookie)
    await signIn.settled()
    clock.pass(11 * HOUR_MS)
    expect(elsewhere.verify(cookie)).toBeDefined()
    await elsewhere.settled()
  })

  it('ends by signing out: here at once, in another process within 50 ms', async () => {
    const { signIn, elsewhere, clock } = await scene()
    const cookie = await signedIn(signIn)
    const kept = await signedIn(signIn)
    expect(elsewhere.verify(cookie)).toBeDefined()
    expect(await signIn.signOut(cookie)).toMatch(
      /^sluice_session=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/,
    )
    expect(signIn.verify(cookie)).toBeUndefined()
    clock.pass(50)
    expect(elsewhere.verify(cookie)).toBeUndefined()
    expect(elsewhere.verify(kept)).toBeDefined()
    expect(await signIn.signOut(undefined)).toContain('Max-Age=0')
  })

  it('counts as somebody signed in for as long as it is good', async () => {
    const { signIn, elsewhere, clock } = await scene()
    expect(signIn.hasSession()).toBe(false)
    await signIn.createSignInLink()
    expect(signIn.hasSession()).toBe(false)
    await signedIn(signIn)
    expect(elsewhere.hasSession()).toBe(true)
    clock.pass(12 * HOUR_MS)
    expect(elsewhere.hasSession()).toBe(false)
  })

  it('leaves neither token nor session in any file or log', async () => {
    const { signIn, dataDir, warnings } = await scene()
    const token = tokenOf(await signIn.createSignInLink())
    const session = (await signIn.redeem(token))?.setCookie.split(/[=;]/)[1] ?? ''
    expect(session).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const unused = tokenOf(await signIn.createSignInLink())
    for (const name of readdirSync(dataDir)) {
      const bytes = readFileSync(path.join(dataDir, name))
      for (const secret of [token, session, unused])
        expect([name, bytes.includes(secret)]).toEqual([name, false])
    }
    expect(warnings).toEqual([])
  })
})
