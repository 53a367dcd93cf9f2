import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'

/** The part of ClickHouse's client that sealing uses: that for writing. */
export type SealClient = Pick<ClickHouseClient, 'query' | 'command'>

/** On a cluster an answer must not come from a replica that has not heard of the last change yet. */
const CONSISTENT: ClickHouseSettings = { select_sequential_consistency: '1' }

export async function ask<T>(
  client: Pick<SealClient, 'query'>,
  query: string,
  parameters: Record<string, unknown> = {},
): Promise<T[]> {
  const answer = await client.query({
    query,
    query_params: parameters,
    format: 'JSONEachRow',
    clickhouse_settings: CONSISTENT,
  })
  return answer.json<T>()
}
