import { Counter, Gauge, Registry } from 'prom-client'
import { DROP_REASONS, type DropReason } from '../schema/outcome.ts'

/** A value that is read when somebody asks for the metrics. */
export interface Reading {
  name: string
  help: string
  kind: 'counter' | 'gauge'
  read: () => number
}

/**
 * Counts of the hot path are plain numbers, added to without a label look-up, and turned into the exposition format
 * only when somebody asks. No label ever holds anything of a visitor.
 */
export interface Metrics {
  accepted: number
  /** Events dated by an earlier day than today's and stamped at the day's start. */
  late: number
  /** Counts a request of the public routes that was answered with a fault. */
  fault(status: number): void
  dropped: Record<DropReason, number>
  /** What the scrubber took out, by kind. */
  scrubbed: Map<string, number>
  /** Adds values that others keep. */
  add(readings: readonly Reading[]): void
  /** The exposition text and its content type. */
  text(): Promise<{ type: string; body: string }>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const dropped = Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >
  const faults = new Map<number, number>()
  const metrics: Metrics = {
    accepted: 0,
    late: 0,
    fault: (status) => void faults.set(status, (faults.get(status) ?? 0) + 1),
    dropped,
    scrubbed: new Map(),
    add(readings) {
      for (const { name, help, kind, read } of readings) {
        const config = { name, help, registers: [] }
        registry.registerMetric(
          kind === 'gauge'
            ? new Gauge({
                ...config,
                collect: function collect() {
                  this.set(read())
                },
              })
            : new Counter({
                ...config,
                collect: function collect() {
                  this.reset()
                  this.inc(read())
                },
              }),
        )
      }
    },
    async text() {
      return { type: registry.contentType, body: await registry.metrics() }
    },
  }
  metrics.add([
    {
      name: 'sluice_events_accepted_total',
      help: 'Events that are on disk and were answered 202.',
      kind: 'counter',
      read: () => metrics.accepted,
    },
    {
      name: 'sluice_events_late_total',
      help: 'Events older than the current site day, stamped at its start.',
      kind: 'counter',
      read: () => metrics.late,
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory of the collector process.',
      kind: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
  ])
  labelled(registry, 'sluice_events_dropped_total', 'Events dropped, by reason.', 'reason', () =>
    Object.entries(dropped),
  )
  labelled(
    registry,
    'sluice_scrubbed_total',
    'Values taken out of events, by kind.',
    'kind',
    () => metrics.scrubbed,
  )
  labelled(
    registry,
    'sluice_request_faults_total',
    'Requests of the public routes refused, by status.',
    'status',
    () => [...faults].map(([status, count]) => [String(status), count] as const),
  )
  return metrics
}

function labelled(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Iterable<readonly [string, number]>,
): void {
  const counter = new Counter({
    name,
    help,
    labelNames: [label],
    registers: [],
    collect() {
      this.reset()
      for (const [value, count] of read()) this.inc({ [label]: value }, count)
    },
  })
  registry.registerMetric(counter)
}
