import type { KyselyPlugin, OperationNode, QueryId, QueryResult } from 'kysely'
import { expect } from 'vitest'
import { tableName, type MemoryTables } from './memory-tables.ts'
import type { Row } from './statements.ts'

/**
 * Runs each statement about tables that are also in memory there as well, and expects the same answer of both: the same
 * rows in the order that was asked for, and as many that were changed.
 */
export function conforming(tables: MemoryTables, about: (table: string) => boolean): KyselyPlugin {
  const asked = new WeakMap<QueryId, OperationNode>()
  return {
    transformQuery: ({ node, queryId }) => {
      if (about(tableName(node))) asked.set(queryId, node)
      return node
    },
    transformResult: async ({ queryId, result }) => {
      const node = asked.get(queryId)
      if (node) expect(told(tables.run(node), node)).toEqual(told(result as QueryResult<Row>, node))
      return result
    },
  }
}

/** Rows that come one after the other by nobody's order may come in any. */
function told({ rows, numAffectedRows }: QueryResult<Row>, node: OperationNode): object {
  const texts = rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted()))
  return {
    kind: node.kind,
    rows: 'orderBy' in node && node.orderBy !== undefined ? texts : texts.toSorted(),
    // Where rows come back SQLite counts none.
    ...(node.kind !== 'SelectQueryNode' && !('returning' in node) && { numAffectedRows }),
  }
}
