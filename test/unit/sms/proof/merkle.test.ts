import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../../server/chain/sha256.ts'
import { rootBy, treeOf } from '../../../../server/sms/proof/merkle.ts'

const leaves = (count: number): string[] => Array.from({ length: count }, (_, index) => sha256(String(index)))

describe('S21 the tree over the rows of a ledger', () => {
  it('S21 leads from each row of every size to one root, and from no other row, place or size', () => {
    for (let size = 1; size <= 33; size++) {
      const rows = leaves(size)
      const tree = treeOf(rows)
      for (const [index, row] of rows.entries()) {
        const path = tree.path(index)
        expect(rootBy(row, index, size, path)).toBe(tree.root)
        expect(rootBy(sha256('other'), index, size, path)).not.toBe(tree.root)
        if (size > 1) expect(rootBy(row, (index + 1) % size, size, path)).not.toBe(tree.root)
        expect(rootBy(row, index, size, [...path, sha256('more')])).toBeUndefined()
        if (path.length > 0) expect(rootBy(row, index, size, path.slice(1))).not.toBe(tree.root)
      }
    }
  })

  it('S21 is another one for every change, order and length', () => {
    const roots = [leaves(5), leaves(6), leaves(6).toReversed(), [...leaves(5), sha256('4')]].map(
      (rows) => treeOf(rows).root,
    )
    expect(new Set(roots).size).toBe(4)
  })
})
