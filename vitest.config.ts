import { defineConfig } from 'vitest/config'

/** What is about the store itself: runs once on SQLite and once on PostgreSQL. */
const ON_BOTH = [
  'test/unit/store/{data-keys,store}.test.ts',
  'test/unit/cli/secret.test.ts',
  'test/unit/backup/store-dump.test.ts',
  'test/unit/sites/registry.test.ts',
  'test/unit/accounts/{keys,own,own-passkeys,passkeys,review,sessions,set-up,sign-in}.test.ts',
  'test/unit/audit/{log,watch}.test.ts',
  'test/unit/consent/{counts,decide,disclosure,expiry,export,ledger,receipt,route,writer}.test.ts',
  'test/unit/beacons/{consents,fetch,links}.test.ts',
  'test/unit/consent/policy/policies.test.ts',
  'test/unit/reports/recipients.test.ts',
  'test/unit/sms/store/*.test.ts',
]
const ON_POSTGRES = [
  'test/unit/store/postgres/**/*.test.ts',
  'test/faults/sms-two-servers.test.ts',
  'test/unit/sms/outbox/two-servers.test.ts',
  'test/integration/postgres.test.ts',
  'test/integration/backup-postgres.test.ts',
]

/** Modules are replaced in these: each gets a process of its own. */
const MOCKING = ['test/unit/accounts/same-work.test.ts']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // On a busy machine a browser can miss the moment a test waits for; what is broken fails twice.
    retry: process.env['CI'] === undefined ? 0 : 1,
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/described-answers.ts'],
    // Files of a process share the modules that they load: loading them for each took as long as the unit tests do.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          // What `npm run faults` runs has a configuration of its own.
          exclude: [...ON_POSTGRES, ...MOCKING, 'test/faults/long/**'],
          provide: { engine: 'sqlite' },
        },
      },
      {
        extends: true,
        test: { name: 'mocking', include: MOCKING, isolate: true, provide: { engine: 'sqlite' } },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: [...ON_BOTH, ...ON_POSTGRES],
          provide: { engine: 'postgres' },
          globalSetup: 'test/support/postgres-setup.ts',
        },
      },
    ],
  },
})
