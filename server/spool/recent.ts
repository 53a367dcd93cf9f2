import type { CommittedBlock } from './reader.ts'
import type { Position } from './segment.ts'

/** A block still in memory, with the monotonic time at which it was committed, in milliseconds. */
export interface RecentBlock extends CommittedBlock {
  readonly since: number
}

/** Committed blocks that are not loaded yet, as many as fit: the loader seldom has to read the disk. */
export interface Recent {
  add(block: RecentBlock): void
  at: (first: Position) => RecentBlock | undefined
  /** Forgets the blocks below a position. */
  release(upTo: Position): void
  bytes(): number
}

export function createRecent(maxBytes: number): Recent {
  /** By position of their first record; a map keeps the order of insertion, so the oldest comes first. */
  const blocks = new Map<Position, RecentBlock>()
  let bytes = 0

  function forget(block: RecentBlock): void {
    blocks.delete(block.first)
    bytes -= block.lines.length
  }

  return {
    add(block) {
      blocks.set(block.first, block)
      bytes += block.lines.length
      for (const oldest of blocks.values()) {
        if (bytes <= maxBytes) break
        forget(oldest)
      }
    },
    at: (first) => blocks.get(first),
    release(upTo) {
      for (const oldest of blocks.values()) {
        if (oldest.first + oldest.records > upTo) break
        forget(oldest)
      }
    },
    bytes: () => bytes,
  }
}
