import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../../../server/project-root.ts'
import { dataFolder } from '../../store/opened.ts'
import type * as Played from './played.ts'

interface Planted {
  readonly what: string
  /** Beside `sms/`. */
  readonly file: string
  /** What stands there, and what stands there instead. */
  readonly changes: readonly (readonly [from: string, to: string])[]
  /** The scene that shows it: it alone is played. */
  readonly scene: string
  readonly found: RegExp
}

const PLANTED: readonly Planted[] = [
  {
    what: 'the handing over does not ask whether the message is still its own',
    file: 'dispatch.ts',
    changes: [
      [`.where('status', '=', 'dispatching')`, ''],
      ['if (row?.claim !== one.claim) continue', ''],
    ],
    scene: 'a message, two workers, STOP and a crash',
    found: /a message after STOP/,
  },
  {
    what: 'STOP leaves what is decided on',
    file: 'store/messages.ts',
    changes: [[`ofThem(['dispatching'])`, `ofThem(['dead'])`]],
    scene: 'a message, two workers, STOP and a crash',
    found: /a message after STOP/,
  },
  {
    what: 'STOP is confirmed each time',
    file: 'inbound.ts',
    changes: [[`done.did === 'opted-out' && `, '']],
    scene: 'STOP three times, of which one is a copy, and a crash',
    found: /two confirmations/,
  },
  {
    what: 'the cap is two higher',
    file: 'limits.ts',
    changes: [['kept.at(-most)', 'kept.at(-most - 2)']],
    scene: 'one place left under the cap, a message, and the answers to HELP and STOP',
    found: /51 messages within a minute/,
  },
  {
    what: 'a slot is free after a minute, however late its message left',
    file: 'limits.ts',
    changes: [['within: MINUTE + SLOT_MS }', 'within: MINUTE }']],
    scene: 'a cap whose messages left as late as they may',
    found: /messages within a minute/,
  },
  {
    what: 'slots are not kept with the decision',
    file: 'dispatch.ts',
    changes: [
      [
        `if (sender.slots !== slots) await parts.senders.setSlots(transaction, senderId, sender.slots)`,
        'void slots',
      ],
    ],
    scene: 'one place left under the cap, a message, and the answers to HELP and STOP',
    found: /51 messages within a minute/,
  },
  {
    what: 'what a key was used for is forgotten',
    file: 'store/messages.ts',
    changes: [['idempotency_index: idempotency?.keyIndex ?? null', 'idempotency_index: null']],
    scene: 'a caller who asks again, and a crash',
    found: /one message twice/,
  },
  {
    what: 'a message is sent again where no answer came',
    file: 'settle.ts',
    changes: [["status: 'unknown',\n        lease_until: now,", "status: 'queued',\n        due_at: now,"]],
    scene: 'a caller who asks again, and a mishap',
    found: /one message twice/,
  },
  {
    what: 'a message is given up at the first look',
    file: 'reconcile.ts',
    changes: [['if (looks >= MOST_LOOKS && hasShown) {', 'if (looks > 0) {']],
    scene: 'a caller who asks again, and a mishap',
    found: /dead, and received 1 times/,
  },
]

/** The scenes with a module that has a fault in it. */
async function withFault({ file, changes }: Planted): Promise<typeof Played> {
  // Beside node_modules, where Kysely is found.
  const outfile = path.join(projectRoot, 'dist/test-sms', `${path.basename(dataFolder())}.mjs`)
  await build({
    entryPoints: [path.join(projectRoot, 'test/unit/sms/interleavings/played.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      {
        name: 'plant',
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, async ({ path: at }) => {
            if (at !== path.join(projectRoot, 'sms', file)) return undefined
            let contents = await readFile(at, 'utf8')
            for (const [from, to] of changes) {
              expect(contents.split(from), `${file} holds this once: ${from}`).toHaveLength(2)
              contents = contents.replace(from, to)
            }
            return { contents, loader: 'ts' }
          })
        },
      },
    ],
  })
  return (await import(pathToFileURL(outfile).href)) as typeof Played
}

describe('the search finds a fault', () => {
  it.each(PLANTED)('S1 S5 S7 $what', async (planted) => {
    const { firstFault } = await withFault(planted)
    expect(await firstFault(projectRoot, planted.scene)).toMatch(planted.found)
  })
})
