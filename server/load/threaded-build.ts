import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { programFile } from '../project-root.ts'
import { batchOf, type BuildBatch } from './batch.ts'
import type { BuildOrder, BuiltBatch } from './batch-thread.ts'
import { transferable } from './transfer.ts'

/** Builds batches with their blocks in a thread of its own, one after the other. */
export interface ThreadedBuild {
  /** Rejects when the thread fails; the next call starts another. */
  build: BuildBatch
  /** Ends the thread. Nothing must be under construction. */
  close(): Promise<void>
}

/**
 * The thread starts with the first batch: a start of the server does not wait for it. `entry`: its compiled file,
 * default that of this build.
 */
export function createThreadedBuild(entry = programFile('batch-thread')): ThreadedBuild {
  let thread: Worker | undefined

  function start(): Worker {
    const worker = new Worker(entry)
    // What waits for an answer hears of it; a thread that has failed is not asked again.
    worker.on('error', () => (thread = undefined))
    return worker
  }

  return {
    async build(batchId, blocks, days) {
      // The spool keeps its blocks: what goes over to the thread is a copy.
      const source = Buffer.concat(blocks)
      const { content, blocks: encoded } = await ask((thread ??= start()), { batchId, source, days })
      return batchOf(
        { ...content, bytes: bufferOf(content.bytes) },
        encoded.map((block) => block && bufferOf(block)),
      )
    },
    async close() {
      await thread?.terminate()
      thread = undefined
    },
  }
}

async function ask(worker: Worker, order: BuildOrder): Promise<BuiltBatch> {
  const answer = once(worker, 'message')
  // Only while it works does it keep the process alive.
  worker.ref()
  worker.postMessage(order, transferable([order.source]))
  const [built] = (await answer) as [BuiltBatch]
  worker.unref()
  return built
}

/** A buffer arrives from another thread as plain bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
