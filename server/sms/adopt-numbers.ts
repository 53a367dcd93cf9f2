import { USE_CASES, type AccountNumber, type Desks } from '../../sms/index.ts'
import type { Actor } from '../audit/entry.ts'

/**
 * Brings senders to what the provider says of their numbers: a campaign that was suspended stops them at the next
 * message, and one that was confirmed lets them send. What could not be read stays as it was. Resolves to how many changed.
 */
export async function adoptNumbers(
  senders: Pick<Desks['senders'], 'list' | 'update'>,
  numbers: readonly AccountNumber[],
  actor: Actor,
): Promise<number> {
  const told = new Map(numbers.map((one) => [one.number, one]))
  let changed = 0
  for (const sender of await senders.list()) {
    const now = told.get(sender.number.reveal())
    if (now?.campaign === undefined) continue
    const { campaign } = now
    // Carriers know more use cases than there are programs for.
    const useCases = now.useCases.filter((one) => USE_CASES.some((known) => known === one))
    const features = now.features.toSorted()
    const known = [sender.campaign, sender.useCases.toSorted(), sender.features.toSorted()]
    if (JSON.stringify(known) === JSON.stringify([campaign, useCases.toSorted(), features])) continue
    const { confirmationBy, prices } = sender
    await senders.update(sender.id, { campaign, useCases, features, confirmationBy, prices }, actor)
    changed++
  }
  return changed
}
