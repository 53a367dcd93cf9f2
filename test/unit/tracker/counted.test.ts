import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WireBatch } from '../../../schema/event.ts'
import { createTellOfNobody, type TellOfNobody } from '../../../tracker/counted.ts'

const AD = { type: 'ad', action: 'impression', campaign: 'spring' } as const
const taken = (): Response => new Response('{"accepted":1,"dropped":0}', { status: 202 })

let isGranted = true
let online: (() => void)[] = []
beforeEach(() => {
  isGranted = true
  online = []
  vi.useFakeTimers()
  vi.stubGlobal('location', { origin: 'https://shop.example' })
  vi.stubGlobal('addEventListener', (_: string, hear: () => void) => online.push(hear))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function teller(request: () => Promise<Response>, noted: WireBatch[] = []): TellOfNobody {
  return createTellOfNobody(
    'shop.example',
    request,
    () => ({ categories: ['essential', 'targeting'], token: 'token' }),
    () => isGranted,
    (batch) => noted.push(batch),
  )
}
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

it('R6.4 reads each answer to its end, so that no request of a long page stays under way', async () => {
  const answers: Response[] = []
  const tell = teller(() => {
    const answer = taken()
    answers.push(answer)
    return Promise.resolve(answer)
  })
  tell(AD)
  tell(AD)
  await settled()
  expect(answers.map(({ bodyUsed }) => bodyUsed)).toEqual([true, true])
})

it('R6.4 what cannot be told waits together, the last fifty, and is tried again after one rest for all', async () => {
  let isAway = true
  const noted: WireBatch[] = []
  const tell = teller(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(taken())), noted)
  for (let rank = 0; rank < 200; rank++) {
    tell({ ...AD, campaign: `campaign-${rank}` })
    await settled()
  }
  expect(online).toHaveLength(1)
  isAway = false
  online[0]?.()
  await settled()
  expect(noted.flatMap(({ events }) => events)).toMatchObject(
    Array.from({ length: 50 }, (_, rank) => ({ campaign: `campaign-${150 + rank}` })),
  )
})

it('R6.5 nothing that waits is sent once the consent is gone', async () => {
  let requests = 0
  const tell = teller(() => {
    requests++
    return Promise.reject(new Error('away'))
  })
  tell(AD)
  await settled()
  isGranted = false
  online[0]?.()
  await settled()
  tell(AD)
  await settled()
  expect(requests).toBe(1)
})
