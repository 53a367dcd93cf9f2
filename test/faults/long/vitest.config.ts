import { defineConfig } from 'vitest/config'

/** What takes too long for every run of the tests, or needs root: `npm run faults`. */
export default defineConfig({
  test: {
    include: ['test/faults/long/*.test.ts', 'test/faults/kill.test.ts'],
    provide: { engine: 'sqlite' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
  },
})
