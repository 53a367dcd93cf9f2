import { z } from 'zod'
import { OPTIONAL_CATEGORIES } from '../../schema/consent.ts'
import { MANIFEST } from '../consent/policy/manifest.ts'
import { SWEEP_LIST } from './consent-routes.ts'
import type { DescribedRoute } from './described-route.ts'
import { TIME } from './shapes.ts'

const OPTIONAL = z.enum(OPTIONAL_CATEGORIES)

const STATE = z.enum(['granted', 'denied'])

const FINDINGS = z.array(
  z.object({
    kind: z.enum(['refused', 'warning']),
    place: z.string().describe('where in the manifest, `services[2].items[0].name`'),
    sentence: z.string(),
  }),
)

const VERSION = z.object({
  revision: z.int(),
  hash: z.string().describe('SHA-256 of the manifest’s canonical JSON, base64url'),
  published: TIME.nullable().describe('null: nobody published it, it is what a site has at first'),
  since: z.partialRecord(OPTIONAL, z.int()).describe('the revision since which a consent to each holds'),
})

const CHECKED = z.union([
  z.object({
    loads: z.literal(true),
    findings: FINDINGS,
    revision: z.int().describe('that it would get'),
    askedAgain: z.array(OPTIONAL),
    changes: z
      .array(z.object({ place: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
      .describe('what differs from the one in force'),
    languages: z.array(z.string()),
    preview: z.string().nullable().describe('where it can be looked at, for a while'),
  }),
  z.object({ loads: z.literal(false), findings: FINDINGS }),
])

/** What is said of the routes of policy manifests. */
export const POLICY_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /api/sites/:domain/policy': {
    summary: 'The policy manifest of a site',
    tag: 'policy',
    by: 'admin',
    answer: 'the manifest, its revision, and what stands out',
    answered: VERSION.extend({
      manifest: z.looseObject({}).describe('as PUT takes it, with the product’s own services'),
      ownServices: z.array(z.string()).describe('ids of services that are added by themselves'),
      findings: FINDINGS,
    }),
  },
  'PUT /api/sites/:domain/policy': {
    summary: 'Publishes a policy manifest',
    tag: 'policy',
    by: 'admin',
    body: MANIFEST,
    answer: 'the new revision, and whether visitors are asked again',
    answered: VERSION.extend({ askedAgain: z.array(OPTIONAL), findings: FINDINGS }),
  },
  'POST /api/sites/:domain/policy/check': {
    summary: 'What publishing a manifest would come to; nothing is kept',
    tag: 'policy',
    by: 'admin',
    body: MANIFEST,
    answer: '`loads`, `findings`, and where it loads `changes`, `askedAgain`, `revision` and `preview`',
    answered: CHECKED,
  },
  'GET /api/sites/:domain/policy/history': {
    summary: 'The revisions that there were',
    tag: 'policy',
    by: 'admin',
    answer: '`versions`',
    answered: z.object({ versions: z.array(VERSION) }),
  },
  'GET /api/sites/:domain/policy/states': {
    summary: 'What each consent state means for a page',
    tag: 'policy',
    by: 'admin',
    answer: '`states` with Content-Security-Policy, consent mode and what is swept',
    answered: z.object({
      revision: z.int(),
      states: z.array(
        z.object({
          granted: z.array(OPTIONAL),
          contentSecurityPolicy: z.string(),
          consentMode: z.object({
            google: z.record(z.string(), STATE),
            microsoft: z.record(z.string(), STATE),
          }),
          sweep: z.array(SWEEP_LIST),
        }),
      ),
    }),
  },
}
