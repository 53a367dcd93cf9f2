/** Keys beside each other on a QWERTY keyboard, row by row. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/**
 * Whether a word is another one with a single slip of the finger: two letters swapped, one doubled, or the next key hit.
 * From six letters on any one letter may be wrong, missing or too many: few words are that near to a long one. Words of
 * three letters have no slips.
 */
export function isSlip(written: string, meant: string): boolean {
  if (written === meant || meant.length < 4 || Math.abs(written.length - meant.length) > 1) return false
  let same = 0
  while (written[same] === meant[same]) same++
  const isLong = meant.length >= 6
  const [here = '', wanted = ''] = [written[same], meant[same]]
  if (written.length === meant.length) {
    if (written.slice(same + 1) === meant.slice(same + 1)) return isLong || areNeighbours(here, wanted)
    const isSwap = here === meant[same + 1] && written[same + 1] === wanted
    return isSwap && written.slice(same + 2) === meant.slice(same + 2)
  }
  if (written.length < meant.length) return isLong && written.slice(same) === meant.slice(same + 1)
  const isOneMore = written.slice(same + 1) === meant.slice(same)
  return isOneMore && (isLong || here === written[same - 1] || areNeighbours(here, wanted))
}

function areNeighbours(one: string, other: string): boolean {
  const places = [one, other].map((key) => {
    const row = ROWS.findIndex((keys) => keys.includes(key))
    return { row, column: ROWS[row]?.indexOf(key) ?? -1 }
  })
  const [a, b] = places
  if (!a || !b || a.row < 0 || b.row < 0) return false
  // Each row is half a key further right than the one above.
  const offset = b.column - a.column
  if (a.row === b.row) return Math.abs(offset) === 1
  return Math.abs(a.row - b.row) === 1 && (offset === 0 || offset === (a.row < b.row ? -1 : 1))
}
