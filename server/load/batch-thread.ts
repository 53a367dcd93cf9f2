import { parentPort } from 'node:worker_threads'
import { buildContent, linesOf, type BatchContent } from './batch.ts'
import { encodeNative } from './native.ts'
import { transferable } from './transfer.ts'

/**
 * A thread that builds batches, started by threaded-build.ts: sorting and encoding 50,000 rows takes a fifth of a
 * second, in which no request would be answered. It gets an order, and answers it with a batch.
 */
export interface BuildOrder {
  readonly batchId: string
  readonly source: Uint8Array
  readonly days: readonly string[] | undefined
}

export interface BuiltBatch {
  readonly content: BatchContent
  /** One for each slice, where its rows can be encoded. */
  readonly blocks: readonly (Uint8Array | undefined)[]
}

parentPort?.on('message', ({ batchId, source, days }: BuildOrder) => {
  const content = buildContent(
    batchId,
    Buffer.from(source.buffer, source.byteOffset, source.byteLength),
    days,
  )
  const blocks = content.slices.map(({ from, to }) => encodeNative(linesOf(content, from, to), to - from))
  const built: BuiltBatch = { content, blocks }
  const arrays = [content.bytes, content.ends, ...blocks.filter((block) => block !== undefined)]
  parentPort?.postMessage(built, transferable(arrays))
})
