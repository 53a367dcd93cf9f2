import type { CommandEntry } from './command-entry.ts'

/** Commands about people with phones: lists, proofs, erasure. */
export const SMS_PEOPLE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sms demo',
    takes: '',
    does: 'shows the whole life of a consent on this machine alone: sign-up, YES, campaign, STOP, proof',
    flags: {},
    load: async () => (await import('./sms-demo.ts')).smsDemo,
  },
  {
    name: 'sms proof',
    takes: '<number|subject>',
    does: 'prints the signed proof of what somebody allowed and took back, masked',
    flags: {
      reason: { value: '<text>', does: 'why; kept in the audit log and in the proof' },
      unmasked: { does: 'shows number and texts' },
      from: { value: '<day>', does: 'from this day on, in UTC (the first)' },
      to: { value: '<day>', does: 'up to this day (the last)' },
      basis: {
        value: 'court_order|law_enforcement|regulator|data_subject',
        does: 'discloses it on this ground; with days',
      },
      out: { value: '<folder>', does: 'writes it there as JSON and as a page, with what verifies it' },
    },
    load: async () => (await import('./sms-proof.ts')).smsProof,
  },
  {
    name: 'sms verify-proof',
    takes: '<file>',
    does: 'finds what was changed in a proof, JSON or page',
    flags: { key: { value: '<public key>', does: 'the key that it must be signed with' } },
    load: async () => (await import('./sms-proof.ts')).smsVerifyProof,
  },
  {
    name: 'sms verify',
    takes: '',
    does: 'finds what was changed, moved or cut off in the ledger of messages',
    flags: {},
    load: async () => (await import('./sms-subject.ts')).smsVerify,
  },
  {
    name: 'sms import',
    takes: '<file|->',
    does: 'loads a list of people who have signed up, CSV; again it changes nothing',
    flags: {
      program: { value: '<name>', does: 'the program that they signed up for' },
      site: { value: '<domain>', does: 'whose program, where several sites have one of the name' },
      'dry-run': { does: 'tells what would come of it, and keeps nothing' },
      provenance: { value: 'own-form|own-records', does: 'where the list is from; others are refused' },
      source: { value: '<text>', does: 'page or form that they signed on' },
      disclosure: { value: '<file>', does: 'what they agreed to, word for word' },
      'disclosure-version': { value: '<text>', does: 'its version' },
      locale: { value: '<language>', does: 'its language (of the program)' },
      separate: { does: 'they signed for this alone, and for nothing else' },
    },
    load: async () => (await import('./sms-import.ts')).smsImport,
  },
  {
    name: 'sms export',
    takes: '',
    does: 'prints who is in and who is out, numbers in full: CSV with FROM,TO,STATUS,SOURCE',
    flags: {
      site: { value: '<domain>', does: 'the site' },
      reason: { value: '<text>', does: 'why; kept in the audit log' },
    },
    load: async () => (await import('./sms-export.ts')).smsExport,
  },
  {
    name: 'sms erase',
    takes: '<number|subject>',
    does: 'erases somebody for good; lists stay shut to the number',
    flags: { reason: { value: '<text>', does: 'why; kept in the audit log' } },
    load: async () => (await import('./sms-subject.ts')).smsErase,
  },
  {
    name: 'sms hold',
    takes: '<number|subject>',
    does: 'places a legal hold: nothing of it is erased',
    flags: { reason: { value: '<text>', does: 'why; kept in the audit log' } },
    load: async () => (await import('./sms-subject.ts')).smsHold,
  },
  {
    name: 'sms release',
    takes: '<number|subject>',
    does: 'lifts a legal hold',
    flags: { reason: { value: '<text>', does: 'why; kept in the audit log' } },
    load: async () => (await import('./sms-subject.ts')).smsRelease,
  },
]
