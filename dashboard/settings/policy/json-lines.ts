/** Where in a text of JSON its values stand, so that somebody who edits it is led to what is meant. */

/** A place as the server names it, `services[2].items[0].name`, and its line, from 1. */
export type Lines = ReadonlyMap<string, number>

export type Read = { lines: Lines } | { faultLine: number }

/** The lines of all values; where it is no JSON, the line at which that shows. */
export function readLines(text: string): Read {
  const lines = new Map<string, number>()
  let at = 0

  const lineAt = (index: number) => text.slice(0, index).split('\n').length
  const skip = () => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at++
  }
  const expect = (character: string) => {
    skip()
    if (text.charAt(at) !== character) throw new Fault()
    at++
  }
  const peek = () => {
    skip()
    return text.charAt(at)
  }

  function token(pattern: RegExp): string {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    // A line break within a string is none that JSON takes.
    const isWhole = found !== null && found[0].split('').every((unit) => unit >= ' ')
    if (!isWhole) throw new Fault()
    at = pattern.lastIndex
    return found[0]
  }

  function entries(close: string, read: (index: number) => void) {
    at++
    if (peek() !== close) {
      for (let index = 0; ; index++) {
        read(index)
        if (peek() !== ',') break
        at++
      }
    }
    expect(close)
  }

  function value(place: string) {
    const first = peek()
    lines.set(place, lineAt(at))
    if (first === '{') {
      entries('}', () => {
        skip()
        const key = JSON.parse(token(STRING)) as string
        expect(':')
        value(place === '' ? key : `${place}.${key}`)
      })
    } else if (first === '[') entries(']', (index) => value(`${place}[${index}]`))
    else token(first === '"' ? STRING : LITERAL)
  }

  try {
    value('')
    if (peek() !== '') throw new Fault()
    return { lines }
  } catch (error) {
    if (error instanceof Fault) return { faultLine: lineAt(at) }
    throw error
  }
}

class Fault extends Error {}

const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y

/** The line of a place, or of what it lies in where there is no such place. */
export function lineOf(lines: Lines, place: string): number {
  for (let known = place; known !== ''; known = known.replace(/(\.?[^.[\]]+|\[\d+\])$/, '')) {
    const line = lines.get(known)
    if (line !== undefined) return line
  }
  return 1
}
