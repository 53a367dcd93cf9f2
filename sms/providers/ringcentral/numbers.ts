import type { Clock } from '../../ports.ts'
import { field, listOf, textOf } from '../../unknown.ts'
import type { Client } from './client.ts'

/** A number of the account, as it says of itself. */
export interface AccountNumber {
  /** E.164. */
  readonly number: string
  readonly features: readonly string[]
  /** Status of its registered campaign; undefined where it could not be read. */
  readonly campaign: string | undefined
  readonly useCases: readonly string[]
  readonly tier: string | undefined
}

export type NumbersRead =
  | { readonly is: 'read'; readonly numbers: readonly AccountNumber[] }
  | { readonly is: 'unavailable'; readonly until: number; readonly status?: number; readonly json?: unknown }

const EXTENSION = '/restapi/v1.0/account/~/extension/~'
const AGAIN_MS = 10_000
const PER_PAGE = 100
/** No extension has more numbers than fit into so many pages; whatever the answers say, it ends. */
const MOST_PAGES = 20

/** Numbers that the extension may send from, with features; `withCampaigns` asks once more for each. */
export async function readNumbers(
  client: Client,
  clock: Clock,
  withCampaigns: boolean,
): Promise<NumbersRead> {
  const numbers: AccountNumber[] = []
  for (let page = 1; page <= MOST_PAGES; page++) {
    const called = await client.ask({
      method: 'GET',
      path: `${EXTENSION}/phone-number`,
      query: { page: String(page), perPage: String(PER_PAGE) },
      group: 'light',
    })
    if (called.is === 'closed') return { is: 'unavailable', until: called.until }
    if (called.is !== 'answer') return { is: 'unavailable', until: clock.now() + AGAIN_MS }
    const { status, json } = called
    if (status !== 200) return { is: 'unavailable', until: clock.now() + AGAIN_MS, status, json }
    for (const record of listOf(field(json, 'records'))) {
      const [id, number] = [textOf(field(record, 'id')), textOf(field(record, 'phoneNumber'))]
      if (id === undefined || number === undefined) continue
      const features = listOf(field(record, 'features')).flatMap((one) => textOf(one) ?? [])
      const sends = features.some((feature) => feature.endsWith('SmsSender'))
      const campaign = withCampaigns && sends ? await readCampaign(client, id) : undefined
      numbers.push({ number, features, campaign: undefined, useCases: [], tier: undefined, ...campaign })
    }
    if (page >= Number(field(json, 'paging', 'totalPages') ?? 1)) break
  }
  return { is: 'read', numbers }
}

async function readCampaign(
  client: Client,
  id: string,
): Promise<Pick<AccountNumber, 'campaign' | 'useCases' | 'tier'> | undefined> {
  const called = await client.ask({
    method: 'GET',
    path: `${EXTENSION}/phone-number/${id}/sms-configuration`,
    route: `${EXTENSION}/phone-number/{id}/sms-configuration`,
    group: 'light',
  })
  if (called.is !== 'answer' || called.status !== 200) return undefined
  const info = field(called.json, 'smsCampaignInfo')
  return {
    campaign: textOf(field(info, 'status')),
    useCases: listOf(field(info, 'useCases')).flatMap((one) => textOf(one) ?? []),
    tier: textOf(field(info, 'registrationTier')),
  }
}
