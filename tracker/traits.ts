import { TRAITS_KEY } from '../schema/consent.ts'
import { TRAITS, type Trait } from '../schema/targeting.ts'
import type { TellOfNobody } from './counted.ts'
import { createKept, today, type IsGranted } from './kept.ts'

/** Groups that the site knows its visitor to be in: `{ age: '25-34' }`. What is in no list is passed over. */
export type TraitValues = { [Name in Trait]?: (typeof TRAITS)[Name][number] }

/** Tells a value once a day, so that a day's sum is of browsers; which were told when stays in this one. */
export function createTraits(isGranted: IsGranted, tell: TellOfNobody): (values: TraitValues) => void {
  const kept = createKept<[value: string, day: number]>(TRAITS_KEY, 'targeting', isGranted)
  return (values) => {
    const told = kept.read()
    for (const [name, known] of Object.entries(TRAITS) as [Trait, readonly string[]][]) {
      const value = Object(values)[name] as string
      const [before, day] = told.get(name) ?? []
      if (!known.includes(value) || (before === value && day === today())) continue
      told.set(name, [value, today()])
      // Told only where it is kept that it was: a browser that keeps nothing would be counted with each page.
      if (kept.write(told)) tell({ type: 'trait', trait: name, value })
    }
  }
}
