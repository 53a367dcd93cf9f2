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
  /** Whether all traffic seems to come from one address. */
  isAddressShared: boolean
  /** Adds values that others keep. */
  add(readings: readonly Reading[]): void
  /** What was added under a name; 0 where nothing was. */
  value(name: string): number
  /** The exposition text and its content type. */
  text(): Promise<{ type: string; body: string }>
}

/** A counter for each value of a label. */
interface Labelled extends Pick<Reading, 'name' | 'help'> {
  label: string
  read: () => Iterable<readonly [string, number]>
}

export function createMetrics(): Metrics {
  const readings: Reading[] = []
  const dropped = Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >
  const faults = new Map<number, number>()
  const labelled: Labelled[] = [
    {
      name: 'sluice_events_dropped_total',
      help: 'Events dropped, by reason.',
      label: 'reason',
      read: () => Object.entries(dropped),
    },
    {
      name: 'sluice_scrubbed_total',
      help: 'Values taken out of events, by kind.',
      label: 'kind',
      read: () => metrics.scrubbed,
    },
    {
      name: 'sluice_request_faults_total',
      help: 'Requests of the public routes refused, by status.',
      label: 'status',
      read: () => [...faults].map(([status, count]) => [String(status), count] as const),
    },
  ]
  const metrics: Metrics = {
    accepted: 0,
    late: 0,
    fault: (status) => void faults.set(status, (faults.get(status) ?? 0) + 1),
    dropped,
    scrubbed: new Map(),
    isAddressShared: false,
    add: (more) => void readings.push(...more),
    value: (name) => readings.find((reading) => reading.name === name)?.read() ?? 0,
    async text() {
      // Loaded when somebody asks: it takes a tenth of the time of a start.
      const { Counter, Gauge, Registry } = await import('prom-client')
      const registry = new Registry()
      for (const { name, help, kind, read } of readings) {
        const config = { name, help, registers: [registry] }
        if (kind === 'gauge') new Gauge(config).set(read())
        else new Counter(config).inc(read())
      }
      for (const { name, help, label, read } of labelled) {
        const counter = new Counter({ name, help, labelNames: [label], registers: [registry] })
        for (const [value, count] of read()) counter.inc({ [label]: value }, count)
      }
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
      name: 'sluice_shared_address',
      help: 'Whether all traffic shares one address: name the proxy in SLUICE_TRUSTED_PROXIES.',
      kind: 'gauge',
      read: () => Number(metrics.isAddressShared),
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory of the collector process.',
      kind: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
  ])
  return metrics
}
