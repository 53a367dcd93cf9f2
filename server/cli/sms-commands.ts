import type { CommandEntry } from './command-entry.ts'

/** The commands of text messages. */
export const SMS_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sms connect',
    takes: '',
    does: 'looks whether RingCentral takes and tells messages, and says what to do where it does not; exit code 1 then',
    flags: {},
    load: async () => (await import('./sms-connect.ts')).smsConnect,
  },
  {
    name: 'sms program add',
    takes: '<domain> <file>',
    does: 'makes an SMS program of a file in JSON; its texts are screened as its messages will be',
    flags: {},
    load: async () => (await import('./sms.ts')).addProgram,
  },
  {
    name: 'sms program list',
    takes: '<domain>',
    does: 'lists the SMS programs of a site',
    flags: {},
    load: async () => (await import('./sms.ts')).listPrograms,
  },
  {
    name: 'sms program end',
    takes: '<domain> <id>',
    does: 'ends an SMS program; its proofs stay',
    flags: {},
    load: async () => (await import('./sms.ts')).endProgram,
  },
  {
    name: 'sms send',
    takes: '<program> <to> <text>',
    does: 'queues a message, which the server sends, or explains whether it would go out; exit code 1 where not',
    flags: {
      site: { value: '<domain>', does: 'the site' },
      key: { value: '<text>', does: 'a new one for each message: it is queued once for each' },
      media: { value: '<id>', does: 'a picture that goes with it; may be given several times' },
      explain: { does: 'says whether it would go out and why, and sends nothing' },
    },
    load: async () => (await import('./sms.ts')).sendMessage,
  },
  {
    name: 'sms media add',
    takes: '<file>',
    does: 'takes a picture for messages: JPEG, PNG or GIF of at most 1.5 MB, without place, time and notes',
    flags: { site: { value: '<domain>', does: 'the site' } },
    load: async () => (await import('./sms.ts')).addMedia,
  },
  {
    name: 'sms status',
    takes: '[message]',
    does: 'says what became of a message, or counts all',
    flags: { site: { value: '<domain>', does: 'the site of the message' } },
    load: async () => (await import('./sms.ts')).showStatus,
  },
  {
    name: 'sms screen',
    takes: '<text>',
    does: 'says what the rules find in a text; exit code 1 where they block it',
    flags: { domains: { value: '<list>', does: 'domains that its links may lead to (any)' } },
    load: async () => (await import('./sms.ts')).screenText,
  },
  {
    name: 'sms sender add',
    takes: '<number>',
    does: 'adds a number that messages come from',
    flags: {
      features: { value: '<list>', does: 'what the provider says it can do, `A2PSmsSender` for high volume' },
      campaign: { value: '<status>', does: 'of its registered campaign (Unconfirmed)' },
      'use-cases': { value: '<list>', does: 'that the campaign is registered for, like Marketing' },
      class: { value: '<class>', does: 'what it is said to be; refused where it is something else' },
      confirmation: { value: 'self|provider', does: 'who confirms opt-outs (by its class)' },
      'segment-price': { value: '<number>', does: 'of a part to the provider, millionths of a dollar (0)' },
      surcharge: { value: '<number>', does: 'of a part to the carriers (0)' },
      'media-price': {
        value: '<number>',
        does: 'of a message with pictures (as many parts as its text takes)',
      },
    },
    load: async () => (await import('./sms.ts')).addSender,
  },
  {
    name: 'sms sender list',
    takes: '',
    does: 'lists the numbers that messages come from, masked, and what holds them back',
    flags: {},
    load: async () => (await import('./sms.ts')).listSenders,
  },
  {
    name: 'sms sender set',
    takes: '<id> <state>',
    does: 'makes a sender active, restricted or suspended',
    flags: { reason: { value: '<text>', does: 'why; kept in the audit log' } },
    load: async () => (await import('./sms.ts')).setSender,
  },
  {
    name: 'sms simulator',
    takes: '',
    does: 'serves a RingCentral account on this machine, to send to handsets that do not exist',
    flags: {
      port: { value: '<number>', does: 'where on 127.0.0.1 (any that is free)' },
      seed: { value: '<number>', does: 'the same seed gives the same ids (1)' },
      clock: {
        value: 'machine|hand',
        does: 'whose time it runs on; by hand it stands until it is moved (machine)',
      },
    },
    load: async () => (await import('./sms-simulator.ts')).smsSimulator,
  },
]
