// Checks that nothing can come by once another one has let it through: without them all is as before. Each with why;
// scripts/faults-access.mjs complains of those that are no check any more, or that a test notices after all.

const ONE_OF_ACCOUNTS =
  'The permission that was asked for before is one of accounts only: roles.ts gives it to no key.'
const FIXED_LENGTH = 'The expression that reads the token takes this length only.'

export const EQUIVALENT = [
  ...[
    ['server/accounts/keys-route.ts', 'POST /api/keys'],
    ['server/accounts/keys-route.ts', 'DELETE /api/keys/:id'],
    ['server/shares/route.ts', 'POST /api/share-links'],
    ['server/notes/route.ts', 'POST /api/sites/:domain/notes'],
    ['server/reports/route.ts', 'POST /api/reports'],
    ['server/reports/route.ts', 'POST /api/reports/:id/recipients'],
    // A disclosure, and what is decided about text messages.
    ['server/application.ts', 'authorize'],
    ['server/application.ts', 'deliberate'],
  ].map(([file, place]) => ({ file, place, check: 'access.signedIn(request)', why: ONE_OF_ACCOUNTS })),
  ...['factor'].map((check) => ({
    file: 'server/accounts/own.ts',
    place: 'changePassword',
    check,
    why: 'Of the two places in which it is asked for each does without the other.',
  })),
  {
    file: 'server/accounts/second-factor.ts',
    place: 'find',
    check: 'step > row.totp_step',
    why: 'Taking the code asks again, in the statement that takes it.',
  },
  {
    file: 'server/accounts/second-factor.ts',
    place: 'find',
    check: 'isKept',
    why: 'Taking the code deletes it, and finds none to delete.',
  },
  {
    file: 'server/accounts/second-factor.ts',
    place: 'take',
    check: ".where('account_id', '=', id)",
    why: 'It was found among the codes of the account, and is of 80 random bits.',
  },
  {
    file: 'server/accounts/relying-party.ts',
    place: 'shown',
    check: 'data?.id !== id',
    why: 'The passkey was found by this very id.',
  },
  {
    file: 'server/beacons/token.ts',
    place: 'open',
    check: 'head[0] === VERSION',
    why: 'The version is sealed along, and none was ever sealed with another.',
  },
  {
    file: 'server/sms/pages/form-token.ts',
    place: 'read',
    check: 'token.length > MAX_TOKEN',
    why: 'A longer text that was not signed here is refused by its signature too: this spares the work.',
  },
  {
    file: 'server/reports/links.ts',
    place: 'read',
    check: 'given.length === right.length',
    why: FIXED_LENGTH,
  },
  {
    file: 'server/accounts/keys.ts',
    place: 'verify',
    check: 'authorization.length > MAX_HEADER',
    why: 'The expression that reads the key refuses it too: this spares it a long text.',
  },
  {
    file: 'server/accounts/keys.ts',
    place: 'verify',
    check: '!sameHash(row.key_hash, hash)',
    why: 'The row was found by this very hash.',
  },
  {
    file: 'server/shares/links.ts',
    place: 'find',
    check: 'ID.test(id)',
    why: 'No link has another id: this spares the database a long text.',
  },
  {
    file: 'server/shares/links.ts',
    place: 'verify',
    check: 'given.length !== right.length',
    why: FIXED_LENGTH,
  },
]

/** Why a check that no test notices is none; undefined: it is one. */
export function equivalenceOf({ file, place, check }) {
  return EQUIVALENT.find((one) => one.file === file && one.place === place && one.check === check)
}
