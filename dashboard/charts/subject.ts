import type { Change, Kind } from '../format.ts'

/** What a line is of. */
export interface Subject {
  name: string
  kind: Kind
  /** A rise or fall in words; absent where it is not told. */
  change?: (now: number | null, before: number | null | undefined) => Change | undefined
}
