import { knownNumber } from '../../sms/index.ts'
import { onStage, type Stage } from './demo-stage.ts'
import { proofText } from './proof/bundle.ts'
import { createProofs } from './proof/make.ts'
import { NoProof, verifyProof } from './proof/verify.ts'

/** What a demonstration came to. */
export interface DemoResult {
  /** What each handset got, by its number. */
  readonly handsets: Readonly<Record<string, readonly string[]>>
  readonly proof: string
  /** The public key that the proof is signed with. */
  readonly key: string
  readonly faults: readonly string[]
  readonly remarks: readonly string[]
  /** A proof with one byte changed is found. */
  readonly isForgeryFound: boolean
  /** Requests that the account on this machine answered. */
  readonly requests: number
}

/** The regular number of the account on this machine, which has a confirmed campaign. */
const SENDER = '+12015550100'
/** Numbers that are given to nobody (555-01xx), for stories. */
const PEOPLE = ['+12015550121', '+12015550122', '+12015550123'] as const
const [STOPPING] = PEOPLE
const MINUTE = 60_000

interface Life extends Stage {
  readonly say: (line: string) => void
  readonly handset: (number: string) => readonly string[]
}

/**
 * The whole life of a consent on this machine alone, in a folder that is gone afterwards: people sign up on the page and
 * say YES, a campaign begins, one of them says STOP in the middle of it, and what happened is proven.
 * @param say is told each step as it happens
 */
export function runSmsDemo(say: (line: string) => void): Promise<DemoResult> {
  return onStage(
    (what) => say(`Alarm: ${what}`),
    async (stage) => {
      const handset: Life['handset'] = (number) =>
        stage.simulator.received.filter(({ to }) => to === number).map(({ text }) => text)
      const life: Life = { ...stage, say, handset }
      const programId = await makeProgram(life)
      await signUp(life, programId)
      await campaign(life, programId)
      const proven = await prove(life)
      const handsets = Object.fromEntries(PEOPLE.map((number) => [number, handset(number)]))
      return { ...proven, handsets, requests: stage.simulator.requests.length }
    },
  )
}

async function makeProgram({ sms, siteId, say }: Life): Promise<string> {
  const sender = await sms.senders.add(
    { number: SENDER, features: ['SmsSender'], campaign: 'Confirmed', useCases: ['Marketing'] },
    'terminal',
  )
  if (!('number' in sender)) throw new Error(sender.error)
  const program = await sms.programs.add(
    siteId,
    {
      sender: sender.id,
      program: {
        name: 'Lantern Deals',
        seller: 'Lantern Coffee LLC',
        description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
        kind: 'marketing',
        useCase: 'Marketing',
        language: 'en',
        domains: ['lantern.example'],
        confirmWithin: 24 * 60 * MINUTE,
        frequency: { most: 4, days: 30 },
        samples: ['Two lattes for one today.', 'A new roast is in our shops.'],
      },
      settings: {
        stopScope: 'all',
        maxSegments: 4,
        contact: 'help@lantern.example',
        terms: 'https://lantern.example/terms',
        privacy: 'https://lantern.example/privacy',
      },
    },
    'terminal',
  )
  if (!('program' in program)) throw new Error(program.error)
  say('Lantern Coffee LLC has a program, Lantern Deals, with double opt-in.')
  say('It sends by a RingCentral account on this machine, over HTTP: nobody else gets a message.')
  return program.id
}

async function signUp(life: Life, programId: string): Promise<void> {
  const { url, say, handset, until, kick, sms, siteId } = life
  for (const number of PEOPLE) {
    const page = await (await fetch(`${url}/sms/opt-in/${programId}?language=en`)).text()
    const [, form = ''] = /name="form" value="([^"]+)"/.exec(page) ?? []
    const sent = await fetch(`${url}/sms/opt-in`, {
      method: 'POST',
      body: new URLSearchParams({ form, number, agree: 'yes' }),
    })
    if (!sent.ok) throw new Error('the form was not taken')
  }
  kick()
  await until('each was asked', () => PEOPLE.every((number) => handset(number).length === 1))
  say(`${PEOPLE.length} people signed up on the page; each was asked once: ${handset(STOPPING)[0]}`)
  for (const number of PEOPLE) answer(life, number, 'YES')
  await until('all are signed up', async () => {
    const states = await Promise.all(PEOPLE.map((number) => stateOf({ sms, siteId }, number)))
    return states.every((state) => state === 'active')
  })
  // Each is welcomed: what is sent next is told apart from that.
  await until('all were welcomed', () => PEOPLE.every((number) => handset(number).length === 2))
  say('All answered YES.')
}

const FIRST = 'Two lattes for one today.'
const SECOND = 'Last hours: two lattes for one.'

/** Two messages for everybody, ten minutes apart; one person says STOP in between. */
async function campaign(life: Life, programId: string): Promise<void> {
  const { sms, clock, siteId, say, handset, until, kick, simulator } = life
  const has = (number: string, text: string): boolean => handset(number).some((one) => one.startsWith(text))
  for (const [index, text] of [FIRST, SECOND].entries()) {
    for (const to of PEOPLE) {
      const sendAt = clock.now() + index * 10 * MINUTE
      const asked = await sms.send({ siteId, programId, to, text, sendAt }, `${index} ${to}`)
      if (asked.is !== 'queued') throw new Error(`the message was ${asked.is}`)
    }
  }
  kick()
  await until('all have the first message', () => PEOPLE.every((number) => has(number, FIRST)))
  say('The campaign began: the first message went to all, the second waits for ten minutes.')
  await clock.pass(5 * MINUTE)
  answer(life, STOPPING, 'Stop')
  await until('STOP is in force', async () => (await stateOf({ sms, siteId }, STOPPING)) === 'opted-out')
  await until('it was confirmed', () => handset(STOPPING).length === 4)
  say(`One of them wrote “Stop”, and was told once: ${handset(STOPPING).at(-1)}`)
  await until('RingCentral knows', () =>
    [...simulator.consents.values()].some(({ to, status }) => to === STOPPING && status === 'OptOut'),
  )
  say('RingCentral was told of it too.')
  await clock.pass(5 * MINUTE)
  const others = PEOPLE.filter((number) => number !== STOPPING)
  await until('the others have the second message', () => others.every((number) => has(number, SECOND)))
  // Whatever else might leave has its time to.
  await clock.pass(MINUTE)
  for (const number of PEOPLE) {
    const got = has(number, SECOND) ? 'the second message' : 'no second message'
    say(`${knownNumber(number)?.toString()} got ${got}.`)
  }
}

async function prove({ sms, signer, say }: Life): Promise<Omit<DemoResult, 'handsets' | 'requests'>> {
  const subjectId = await subjectOf(sms, STOPPING)
  if (subjectId === undefined) throw new Error('the subject is gone')
  const by = { actor: 'terminal', reason: 'A demonstration' } as const
  const made = await createProofs(sms.parts, signer)({ subjectId, isUnmasked: false }, by)
  const proof = proofText(made)
  const key = signer.publicKey.x
  const { entries, messages, faults, remarks } = verifyProof(proof, key)
  say(`The proof of the one who said STOP has ${entries} entries and ${messages} messages, and verifies.`)
  const isForgeryFound = isFound(proof.replace('"opt-out"', '"opt-uut"'), key)
  if (isForgeryFound) say('With one letter of it changed it does not.')
  return { proof, key, faults, remarks, isForgeryFound }
}

/** A handset writes to the sender; RingCentral tells of it by webhook. */
function answer({ simulator }: Life, from: string, text: string): void {
  simulator.inbound({ from, to: SENDER, text })
}

async function subjectOf(sms: Life['sms'], e164: string): Promise<string | undefined> {
  const number = knownNumber(e164)
  const subject = number && (await sms.parts.subjects.find(sms.parts.store.db, number))
  return subject?.id
}

/** How somebody stands to the program. */
async function stateOf(
  { sms, siteId }: Pick<Life, 'sms' | 'siteId'>,
  number: string,
): Promise<string | undefined> {
  const id = await subjectOf(sms, number)
  const view = id === undefined ? undefined : await sms.subject(siteId, id)
  return view && 'programs' in view ? view.programs[0]?.state : undefined
}

function isFound(proof: string, key: string): boolean {
  try {
    return verifyProof(proof, key).faults.length > 0
  } catch (error) {
    if (error instanceof NoProof) return true
    throw error
  }
}
