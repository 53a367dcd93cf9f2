import type { ProofVerification } from './verify.ts'

/** What a verification found, for people. */
export function sentencesOf(verification: ProofVerification, key: string | undefined): string[] {
  const { number, made, entries, messages, publicKey, faults, remarks } = verification
  if (faults.length > 0) return ['This is wrong:', ...faults.map((fault) => `  ${fault}`)]
  return [
    `${entries} entries and ${messages} messages of ${number}, all as they were on ${made}.`,
    ...(remarks.length > 0
      ? ['It shows what should not be:', ...remarks.map((remark) => `  ${remark}`)]
      : []),
    ...(key === undefined
      ? [
          `It is signed with the key ${publicKey.x}: compare it with /.well-known/sluice-sms.json of the sender, or give it as --key.`,
        ]
      : []),
  ]
}
