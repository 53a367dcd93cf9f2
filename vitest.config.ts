import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // On a busy machine a browser can miss the moment a test waits for; what is broken fails twice.
    retry: process.env['CI'] === undefined ? 0 : 1,
    pool: 'forks',
    maxWorkers: 2,
  },
})
