import { createHash } from 'node:crypto'

/**
 * A tree over the rows of the ledger (RFC 9162, 2.1): with a path of some hashes one row is shown to be in it, and
 * nothing of the other rows is. Leaves are hashes of rows; texts are base64url.
 */

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

export interface Tree {
  readonly root: string
  /** The hashes beside the way from a leaf up to the root. */
  path(index: number): string[]
}

export function treeOf(leaves: readonly string[]): Tree {
  // Level by level; the last node of an odd level moves up as it is.
  const levels = [leaves.map(leafHash)]
  for (let level = levels[0] ?? []; level.length > 1;) {
    const above: Buffer[] = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index] as Buffer, level[index + 1]]
      above.push(right ? nodeHash(left, right) : left)
    }
    levels.push(above)
    level = above
  }
  const root = levels.at(-1)?.[0] ?? createHash('sha256').digest()
  return {
    root: root.toString('base64url'),
    path: (index) => {
      const path: string[] = []
      let place = index
      for (const level of levels.slice(0, -1)) {
        const beside = level[place % 2 === 0 ? place + 1 : place - 1]
        if (beside) path.push(beside.toString('base64url'))
        place = Math.floor(place / 2)
      }
      return path
    },
  }
}

/** The root that a leaf and its path lead to (RFC 9162, 2.1.3.2); undefined for a path that is none in such a tree. */
export function rootBy(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
): string | undefined {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined
  let hash = leafHash(leaf)
  let [place, last] = [index, size - 1]
  for (const text of path) {
    if (last === 0) return undefined
    const beside = Buffer.from(text, 'base64url')
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash)
      while (place % 2 === 0 && place !== 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
    } else hash = nodeHash(hash, beside)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 ? hash.toString('base64url') : undefined
}

function leafHash(text: string): Buffer {
  return createHash('sha256').update(LEAF).update(Buffer.from(text, 'base64url')).digest()
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}
