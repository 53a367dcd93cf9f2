import type { TestProject } from 'vitest/node'
import { startCluster } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the store of this run is: each suite of it runs once with each. */
    engine: 'sqlite' | 'postgres'
    /** DATABASE_URL of the superuser of the run's one cluster. */
    cluster: string
  }
}

/** Vitest's global setup of the suites on PostgreSQL: one cluster for the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster()
  project.provide('cluster', cluster.url())
  return () => cluster.dispose()
}
