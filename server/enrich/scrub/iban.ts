import type { Found } from './found.ts'

const HEAD = /(?<![\dA-Za-z])[A-Za-z]{2}\d{2}/g
/** Shortest (Norway) and longest account number of ISO 13616. */
const [SHORTEST, LONGEST] = [15, 34] as const

/** Finds bank account numbers, in one piece or in groups. By chance one in 97 such texts passes. */
export function findIbans(text: string, found: Found): void {
  for (const { index } of text.matchAll(HEAD)) {
    const end = endOfIban(text, index)
    if (end > 0) found(index, end, 'id')
  }
}

/** The number with its head moved to the end leaves 1 when divided by 97. */
function endOfIban(text: string, start: number): number {
  let remainder = 0
  let length = 4
  let end = -1
  for (let i = start + 4; i < text.length && length < LONGEST; i++) {
    const value = valueAt(text, i)
    if (value < 0) {
      if ((text[i] !== ' ' && text[i] !== '-') || valueAt(text, i + 1) < 0) break
      continue
    }
    remainder = append(remainder, value)
    length++
    if (length < SHORTEST || valueAt(text, i + 1) >= 0) continue
    let whole = remainder
    for (let head = start; head < start + 4; head++) whole = append(whole, valueAt(text, head))
    if (whole === 1) end = i + 1
  }
  return end
}

function append(remainder: number, value: number): number {
  return (remainder * (value > 9 ? 100 : 10) + value) % 97
}

/** A digit's value, 10 to 35 for a letter, -1 for anything else. */
function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 122 ? lower - 87 : -1
}
