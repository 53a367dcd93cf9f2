import { digest, fold, type Digest } from '../../../support/digest.ts'

/** Who decides what happens next, wherever more than one thing can. */
export interface Steer {
  /** One of so many, from 0 up. The first is what happens where nothing goes wrong. */
  pick(options: number, what: 'who' | 'crash' | 'mishap'): number
  /**
   * Told before each step where everything stands; answers whether to go on from there. The same key: whatever can
   * follow is the same.
   */
  visit(key: number): boolean
  /** Keeps what a step did, all of it. */
  keep(what: unknown): void
  /** What was kept of the step that is being taken, where it was taken before: it need not be taken again. */
  kept(): unknown
}

/** What an actor that crashes is stopped by: nothing in it goes on. */
export class Crash extends Error {}

/** Somebody who works on the store, and gives way at every point where another could come in between. */
export interface Actor {
  readonly name: string
  /** Resolves when it is this actor's turn; rejects with Crash where it ends here. */
  point(canCrash?: boolean): Promise<void>
  /** What it does from here on depends on where it stands, and on nothing of what it saw before. */
  forget(where: string): void
}

export interface Part {
  readonly name: string
  act(actor: Actor): Promise<void>
}

export interface MindState {
  readonly seen: Digest
  readonly made: number
  readonly crashesLeft: number
}

interface Mind {
  readonly actor: Actor
  /** A hash of all that it saw: what it does next depends on nothing else. */
  seen: Digest
  /** Ids that it has made. */
  made: number
  waits: { go: () => void; crash: () => void; canCrash: boolean } | undefined
}

export interface Scheduler {
  /** What the actor whose turn it is has seen. */
  readonly saw: (told: Readonly<Digest>) => void
  /** What the actor whose turn it is has seen and made so far, and how much may still go wrong; or what it is from now on. */
  mind(): Readonly<MindState>
  setMind(to: Readonly<MindState>): void
  /** An id that no other actor makes. */
  readonly newId: (bytes: number) => string
  /** Crashes that may still come. */
  crashesLeft: number
  /** Everything stands still from here on. */
  stop(): void
  /**
   * Runs the parts until all have ended or the steer does not go on.
   * @param outside all that is not in an actor, in a hash
   */
  run(parts: readonly Part[], steer: Steer, outside: () => Digest): Promise<'ended' | 'left'>
}

/** Lets actors run one at a time, and asks at each point who goes on, and whether they crash there. */
export function createScheduler(crashes: number): Scheduler {
  let current: Mind | undefined
  let [arrived, failure]: [() => void, unknown] = [() => undefined, undefined]
  let ownIds = 0

  function begin({ name, act }: Part): Mind {
    const mind: Mind = {
      actor: {
        name,
        point: (canCrash = true) =>
          new Promise((resolve, reject) => {
            mind.waits = { go: resolve, crash: () => reject(new Crash(name)), canCrash }
            arrived()
          }),
        forget: (where) => {
          mind.seen = digest(where)
        },
      },
      seen: [0, 0],
      made: 0,
      waits: undefined,
    }
    current = mind
    act(mind.actor)
      .catch((error: unknown) => {
        if (!(error instanceof Crash)) failure ??= error
      })
      .finally(() => {
        mind.seen = [-1, -1]
        arrived()
      })
    return mind
  }

  function keyWith(minds: readonly Mind[], outside: Digest): number {
    const key: Digest = [scheduler.crashesLeft, minds.length]
    fold(key, outside)
    for (const { seen, made, waits } of minds) {
      fold(key, seen)
      fold(key, [made, waits ? 1 : 2])
    }
    return keyOf(key)
  }

  const arrival = (): Promise<void> =>
    new Promise((resolve) => {
      arrived = resolve
    })

  const scheduler: Scheduler = {
    crashesLeft: crashes,
    saw: (told) => {
      if (current) fold(current.seen, told)
    },
    mind: () => {
      const { seen: [a, b] = [0, 0], made = 0 } = current ?? {}
      return { seen: [a, b], made, crashesLeft: scheduler.crashesLeft }
    },
    setMind: ({ seen: [a, b], made, crashesLeft }) => {
      scheduler.crashesLeft = crashesLeft
      if (!current) return
      current.seen = [a, b]
      current.made = made
    },
    newId: (bytes) => {
      const id = current ? digest(current.actor.name, ++current.made) : digest('set-up', ++ownIds)
      const hex = id.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
      return hex.repeat(Math.ceil(bytes / 8)).slice(0, bytes * 2)
    },
    stop: () => {
      current = undefined
    },
    run: async (parts, steer, outside) => {
      const minds: Mind[] = []
      failure = undefined
      for (const part of parts) {
        const here = arrival()
        minds.push(begin(part))
        await here
      }
      for (;;) {
        if (failure !== undefined) throw failure
        const waiting = minds.filter(({ waits }) => waits !== undefined)
        if (waiting.length === 0) return 'ended'
        if (!steer.visit(keyWith(minds, outside()))) return 'left'
        const chosen = waiting[waiting.length === 1 ? 0 : steer.pick(waiting.length, 'who')]
        if (!chosen?.waits) throw new Error('nobody has that turn')
        const { go, crash, canCrash } = chosen.waits
        const ends = canCrash && scheduler.crashesLeft > 0 && steer.pick(2, 'crash') === 1
        chosen.waits = undefined
        current = chosen
        const here = arrival()
        if (ends) {
          scheduler.crashesLeft--
          crash()
        } else go()
        await here
      }
    },
  }
  return scheduler
}

/** As many bits of a hash as a number holds. */
export function keyOf([one, other]: Readonly<Digest>): number {
  return (one >>> 0) * 2 ** 21 + (other >>> 11)
}
