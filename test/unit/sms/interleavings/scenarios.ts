/** Who is there, what they do, and what may go wrong. */
export interface Scenario {
  /** What it is about. */
  readonly name: string
  readonly people: number
  /** To each of them. */
  readonly messages: number
  readonly workers: number
  /** What each worker does so often: sends, and looks for what was lost. */
  readonly rounds: number
  /** What each of the people writes; the number is the provider's id of it, so that the same may come twice. */
  readonly says: readonly (readonly [id: number, text: string])[]
  /** A caller repeats what they asked for, with the same keys. */
  readonly asksAgain: boolean
  /** Words about messages, of which some come double, some before the answer that tells the message's id. */
  readonly words: number
  /** So far the clock goes on, one after the other, whoever else is in the middle of something. */
  readonly pauses: readonly number[]
  /** Ends of a process, at any point. */
  readonly crashes: number
  /** Answers of the provider that get lost, come out unclear, or ask for a rest. */
  readonly mishaps: number
  /** Messages of the time before: how long ago their slot was taken, and how much later they left. */
  readonly before: readonly (readonly [ago: number, later: number])[]
}

const PLAIN: Scenario = {
  name: '',
  people: 1,
  messages: 1,
  workers: 2,
  rounds: 1,
  says: [[1, 'STOP']],
  asksAgain: false,
  words: 0,
  pauses: [6_000],
  crashes: 1,
  mishaps: 1,
  before: [],
}

function messagesBefore(count: number, ago: number, later = 0): Scenario['before'] {
  return Array.from({ length: count }, () => [ago, later] as const)
}

const [STOP, HELP] = ['STOP', 'HELP']
const QUIET = { crashes: 0, mishaps: 0, pauses: [] }
const THRICE: Scenario['says'] = [
  [1, STOP],
  [1, STOP],
  [2, 'stop please'],
]

/** Small enough that every order of each is tried in every run of the tests. */
export const SMALL: readonly Scenario[] = [
  {
    ...PLAIN,
    ...QUIET,
    name: 'one place left under the cap, a message, and the answers to HELP and STOP',
    says: [
      [1, HELP],
      [2, STOP],
    ],
    before: messagesBefore(49, 1_000),
  },
  {
    ...PLAIN,
    name: 'a cap whose messages left as late as they may',
    messages: 2,
    says: [],
    crashes: 0,
    pauses: [3_000],
    before: messagesBefore(49, 60_500, 4_900),
  },
  { ...PLAIN, name: 'a caller who asks again, and a crash', says: [], asksAgain: true, mishaps: 0 },
  { ...PLAIN, name: 'a caller who asks again, and a mishap', says: [], asksAgain: true, crashes: 0 },
  { ...PLAIN, name: 'words before the answer, a crash and a mishap', workers: 1, says: [], words: 2 },
  { ...PLAIN, name: 'a message, two workers, STOP and a crash', mishaps: 0, pauses: [] },
  { ...PLAIN, name: 'a message, two workers, STOP and a pause', crashes: 0, mishaps: 0 },
  {
    ...PLAIN,
    name: 'STOP three times, of which one is a copy, and a crash',
    workers: 1,
    says: THRICE,
    mishaps: 0,
    pauses: [],
  },
]

/** For half an hour of a machine. */
export const LARGE: readonly Scenario[] = [
  { ...PLAIN, name: 'a message, two workers, STOP, a crash, a mishap and a pause' },
  { ...PLAIN, name: 'a message, three workers, STOP and a crash', workers: 3, mishaps: 0, pauses: [] },
  {
    ...PLAIN,
    name: 'a message, two workers of two rounds, STOP, a crash and a pause',
    rounds: 2,
    mishaps: 0,
  },
  {
    ...PLAIN,
    name: 'a message, two workers of two rounds, STOP, a mishap and a pause',
    rounds: 2,
    crashes: 0,
  },
  { ...PLAIN, name: 'two messages, two workers, STOP, a crash and a mishap', messages: 2, pauses: [] },
  {
    ...PLAIN,
    name: 'STOP three times, of which one is a copy, a crash, a mishap and a pause',
    workers: 1,
    says: THRICE,
  },
  {
    ...PLAIN,
    name: 'two people who say STOP, one place left under the cap, a crash and a pause',
    people: 2,
    mishaps: 0,
    before: messagesBefore(44, 1_000),
  },
  {
    ...PLAIN,
    name: 'a caller who asks again, STOP, two crashes and a mishap',
    asksAgain: true,
    crashes: 2,
    pauses: [],
  },
  { ...PLAIN, name: 'words before the answer, STOP, a crash, a mishap and a pause', workers: 1, words: 3 },
  { ...PLAIN, name: 'a message, two workers of two rounds, STOP, a crash, a mishap and a pause', rounds: 2 },
]

/** Of everything something: too many orders to try all of them, so chance picks. */
export function mixed(next: () => number): Scenario {
  return {
    name: 'of everything something',
    people: 2,
    messages: 1 + Math.floor(next() * 3),
    workers: 2,
    rounds: 2,
    says: [
      [1, STOP],
      [1, STOP],
      [2, next() < 0.5 ? 'stop please' : HELP],
    ],
    asksAgain: true,
    words: 4,
    pauses: Array.from({ length: 4 }, () => Math.floor(next() * 8_000)),
    crashes: 3,
    mishaps: 4,
    // Nearly all of the cap is taken, or was until just now.
    before: Array.from(
      { length: 43 + Math.floor(next() * 4) },
      () => [next() < 0.3 ? 58_000 + Math.floor(next() * 6_000) : Math.floor(next() * 8_000), 0] as const,
    ),
  }
}
