import { describe, expect, it } from 'vitest'
import { stage } from '../accounts/stage.ts'
import { OWN } from '../accounts/route-table.ts'

/** A link with a password, and how it is opened over HTTP. */
async function linked() {
  const { all, url } = await stage()
  const site = all.sites.get(OWN)
  const { id, link } = await all.shares.create(site, { name: 'for the board', password: 'calm water' })
  const token = link.split('#')[1] ?? ''
  const open = async (password?: string, given = token) => {
    const response = await fetch(`${url}/api/share/open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, token: given, ...(password !== undefined && { password }) }),
    })
    await response.arrayBuffer()
    return response.status
  }
  return { all, open }
}

describe('R4.9 the password of a share link', () => {
  it('R4.9 is guessed as slowly as any, and the right one has to wait then too', async () => {
    const { all, open } = await linked()
    const answers: number[] = []
    for (let guess = 0; guess < 7; guess++) answers.push(await open(`guess ${guess}`))
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(await open('calm water')).toBe(429)
    all.clock.pass(2_000)
    expect(await open('calm water')).toBe(200)
  })

  it('R4.9 is not counted where none is typed, nor of whoever has no link', async () => {
    const { open } = await linked()
    for (let visit = 0; visit < 7; visit++) {
      expect([await open(), await open('guess', 'A'.repeat(43))]).toEqual([200, 404])
    }
    expect(await open('calm water')).toBe(200)
  })
})
