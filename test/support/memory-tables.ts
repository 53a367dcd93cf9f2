import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DeleteQueryNode,
  type InsertQueryNode,
  type OperationNode,
  type QueryResult,
  type SelectQueryNode,
  type UpdateQueryNode,
} from 'kysely'
import { digest, type Digest } from './digest.ts'
import {
  columnOf,
  compare,
  conditionOf,
  listOf,
  pick,
  rawOf,
  resultOf,
  valueOf,
  type Row,
  type Value,
} from './statements.ts'

/**
 * Tables in memory that answer Kysely's statements without SQL: what a program does in its database's transactions can be
 * run a hundred times faster than on a database, and taken back in one step. They know what the SMS module asks for and
 * reject the rest. That they answer as SQLite and PostgreSQL do is for a test to show (conforming.ts).
 */
export interface MemoryTables {
  /** Runs a statement as Kysely made it. Throws Error for a key that is there already, and for what it does not know. */
  run(node: OperationNode): QueryResult<Row>
  /** How much was changed so far: to go back to. */
  mark(): number
  /** Takes back all that was changed since a mark. */
  back(mark: number): void
  /** What was changed since a mark: to be done again where all is as it was at the mark. */
  since(mark: number): Changes
  again(changes: Changes): void
  /** Of all rows, in whatever order they came: two words of 32 bits. */
  readonly state: Readonly<Digest>
}

export type Changes = readonly {
  readonly table: string
  readonly key: string
  readonly row: Row | undefined
}[]

interface Table {
  readonly name: string
  /** Columns that are no two rows' together; the first is the primary key. */
  readonly keys: readonly (readonly string[])[]
  /** All columns, each null where a row has none. */
  readonly blank: Row
  readonly rows: Map<string, Row>
}

/**
 * @param schema statements that create the tables, as the store's migrations are
 * @param onRead what each statement answered, in a hash of it
 */
export function createMemoryTables(schema: string, onRead: (told: Digest) => void): MemoryTables {
  const tables = new Map(tablesOf(schema).map((table) => [table.name, table]))
  const journal: { table: Table; key: string; before: Row | undefined }[] = []
  const state: Digest = [0, 0]
  const digests = new WeakMap<Row, Digest>()

  function digestOf(table: Table, row: Row): Digest {
    const known = digests.get(row)
    if (known) return known
    const made = digest(table.name, ...Object.values(row))
    digests.set(row, made)
    return made
  }

  function set(table: Table, key: string, row: Row | undefined): void {
    const before = table.rows.get(key)
    for (const one of [before, row]) {
      if (!one) continue
      const [a, b] = digestOf(table, one)
      state[0] ^= a
      state[1] ^= b
    }
    if (row) table.rows.set(key, row)
    else table.rows.delete(key)
    journal.push({ table, key, before })
  }

  function tableOf(node: OperationNode | undefined): Table {
    const table = tables.get(tableName(node))
    if (!table) throw new Error(`no table ${tableName(node)}`)
    return table
  }

  /** Rows that fit, by their primary key where nothing else is asked for. */
  function fitting(table: Table, where: OperationNode | undefined): Row[] {
    const fits = where ? conditionOf(where) : undefined
    const rows: Row[] = []
    for (const row of table.rows.values()) if (!fits || fits(row)) rows.push(row)
    if (rows.length < 2) return rows
    return rows.sort((one, other) => (keyOf(table, one) < keyOf(table, other) ? -1 : 1))
  }

  function select(node: SelectQueryNode): QueryResult<Row> {
    const table = tableOf(node.from?.froms[0])
    const rows = fitting(table, node.where?.where)
    for (const item of (node.orderBy?.items ?? []).toReversed()) {
      const column = columnOf(item.orderBy)
      const isDescending = item.direction !== undefined && rawOf(item.direction) === 'desc'
      rows.sort((one, other) => compare(one[column], other[column]) * (isDescending ? -1 : 1))
    }
    const some = node.limit ? rows.slice(0, Number(valueOf(node.limit.limit))) : rows
    const selections = node.selections ?? []
    if (selections.length === 1 && selections[0]?.selection.kind === 'SelectAllNode') {
      for (const row of some) onRead(digestOf(table, row))
      onRead([some.length, 0])
      return { rows: some }
    }
    const picked = pick(some, selections)
    for (const row of picked) onRead(digest(...Object.values(row)))
    onRead([picked.length, 1])
    return { rows: picked }
  }

  function insert(node: InsertQueryNode): QueryResult<Row> {
    const table = tableOf(node.into)
    const columns = (node.columns ?? []).map(columnOf)
    if (node.values?.kind !== 'ValuesNode') throw new Error('rows that are not listed')
    let count = 0n
    for (const list of (node.values as unknown as { values: readonly OperationNode[] }).values) {
      const row = { ...table.blank }
      for (const [at, value] of listOf(list).entries()) row[columns[at] ?? ''] = value
      const taken = conflictOf(table, row)
      if (!taken) {
        set(table, keyOf(table, row), row)
        count++
        continue
      }
      const { onConflict } = node
      const named = onConflict?.columns?.map(columnOf).join()
      if (!onConflict || (named !== undefined && named !== taken.key.join())) {
        throw new Error(`${table.name} has a row of the same ${taken.key.join(', ')}`)
      }
      if (onConflict.doNothing === true) continue
      const updates = updatesOf(onConflict.updates ?? [], taken.row)
      set(table, keyOf(table, taken.row), { ...taken.row, ...updates })
      count++
    }
    onRead([Number(count), 2])
    return { rows: [], numAffectedRows: count }
  }

  function update(node: UpdateQueryNode): QueryResult<Row> {
    const table = tableOf(node.table)
    const changed = fitting(table, node.where?.where).map((row) => {
      const after = { ...row, ...updatesOf(node.updates ?? [], row) }
      const key = keyOf(table, row)
      if (keyOf(table, after) !== key) throw new Error('a primary key that changes')
      set(table, key, after)
      if (conflictOf(table, after, key)) throw new Error(`${table.name} has such a row`)
      return after
    })
    onRead([changed.length, 3])
    const rows = node.returning ? pick(changed, node.returning.selections) : []
    for (const row of rows) onRead(digest(...Object.values(row)))
    return { rows, numAffectedRows: BigInt(changed.length) }
  }

  function remove(node: DeleteQueryNode): QueryResult<Row> {
    const table = tableOf(node.from.froms[0])
    const gone = fitting(table, node.where?.where)
    for (const row of gone) set(table, keyOf(table, row), undefined)
    onRead([gone.length, 4])
    return { rows: [], numAffectedRows: BigInt(gone.length) }
  }

  return {
    state,
    run: (node) => {
      switch (node.kind as string) {
        case 'SelectQueryNode':
          return select(node as SelectQueryNode)
        case 'InsertQueryNode':
          return insert(node as InsertQueryNode)
        case 'UpdateQueryNode':
          return update(node as UpdateQueryNode)
        case 'DeleteQueryNode':
          return remove(node as DeleteQueryNode)
        default:
          throw new Error(`a statement that is not known: ${node.kind}`)
      }
    },
    mark: () => journal.length,
    since: (mark) =>
      journal.slice(mark).map(({ table, key }) => ({ table: table.name, key, row: table.rows.get(key) })),
    again: (changes) => {
      for (const { table: name, key, row } of changes) {
        const table = tables.get(name)
        if (table && table.rows.get(key) !== row) set(table, key, row)
      }
    },
    back: (mark) => {
      while (journal.length > mark) {
        const { table, key, before } = journal.pop() as (typeof journal)[number]
        set(table, key, before)
        journal.pop()
      }
    },
  }
}

/** The name of the table that a statement is about; empty where it is about none. */
export function tableName(node: OperationNode | undefined): string {
  const { table, from, into } = (node ?? {}) as Partial<
    Record<'table' | 'into', OperationNode> & { from: { froms: readonly OperationNode[] } }
  >
  if (node?.kind === 'TableNode') {
    return (table as unknown as { identifier: { name: string } }).identifier.name
  }
  return node ? tableName(table ?? into ?? from?.froms[0]) : ''
}

/** Kysely over such tables. Transactions are for the caller to begin one after the other. */
export function kyselyOver<Tables>(tables: MemoryTables): Kysely<Tables> {
  let begun = 0
  const connection = {
    executeQuery: <R>({ query }: { query: OperationNode }) =>
      Promise.resolve(tables.run(query) as unknown as QueryResult<R>),
    streamQuery: () => {
      throw new Error('rows come all at once')
    },
  }
  const done = Promise.resolve()
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      // Nothing reads the SQL.
      createQueryCompiler: () =>
        Object.assign(new SqliteQueryCompiler(), {
          compileQuery: (query: OperationNode, queryId: unknown) => ({
            query,
            queryId,
            sql: '',
            parameters: [],
          }),
        }) as SqliteQueryCompiler,
      createDriver: () => ({
        init: () => done,
        acquireConnection: () => Promise.resolve(connection),
        beginTransaction: () => {
          begun = tables.mark()
          return done
        },
        commitTransaction: () => done,
        rollbackTransaction: () => {
          tables.back(begun)
          return done
        },
        releaseConnection: () => done,
        destroy: () => done,
      }),
    },
  })
}

/** Names, keys and columns of tables, out of the statements that create them. */
function tablesOf(schema: string): Table[] {
  const added = [...schema.matchAll(/ALTER TABLE (\w+) ADD COLUMN (\w+)/g)]
  return [...schema.matchAll(/CREATE TABLE (\w+) \(\n(.*?)\n\);/gs)].map(([, name = '', body = '']) => {
    const keys: string[][] = []
    const blank: Record<string, Value> = {}
    for (const line of body.split('\n').map((one) => one.trim())) {
      const listed = /^(?:UNIQUE|PRIMARY KEY) \(([\w, ]+)\)/.exec(line)?.[1]
      if (listed !== undefined) keys.push(listed.split(', '))
      const [, column, rest = ''] = /^([a-z_]+) (?:TEXT|BIGINT)(.*)$/.exec(line) ?? []
      if (column === undefined) continue
      blank[column] = null
      if (rest.includes('PRIMARY KEY')) keys.unshift([column])
      else if (rest.includes('UNIQUE')) keys.push([column])
    }
    for (const [, to, column = ''] of added) if (to === name) blank[column] = null
    // Where several columns are the primary key together, it comes last in its table.
    if (body.includes('\n  PRIMARY KEY (')) keys.reverse()
    return { name, keys, blank, rows: new Map() }
  })
}

function keyOf({ keys: [primary = []] }: Table, row: Row): string {
  if (primary.length === 1) return sortable(row[primary[0] ?? ''])
  return primary.map((column) => sortable(row[column])).join('\0')
}

function sortable(value: Value | undefined): string {
  return typeof value === 'number' ? String(value).padStart(16, '0') : (value ?? '')
}

/** A row that has a key which another is to have, and which key that is. */
function conflictOf(
  { keys, rows }: Table,
  row: Row,
  own?: string,
): { row: Row; key: readonly string[] } | undefined {
  for (const key of keys) {
    if (key.some((column) => row[column] === null)) continue
    for (const [at, one] of rows) {
      if (at !== own && key.every((column) => one[column] === row[column])) return { row: one, key }
    }
  }
  return undefined
}

function updatesOf(updates: NonNullable<UpdateQueryNode['updates']>, row: Row): Record<string, Value> {
  const to: Record<string, Value> = {}
  for (const { column, value } of updates) to[columnOf(column)] = resultOf(value, row)
  return to
}
