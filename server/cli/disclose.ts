import { readFileSync } from 'node:fs'
import { checkReason } from '../accounts/access.ts'
import { systemClock } from '../clock.ts'
import { checkDisclosure, createDisclose } from '../consent/disclosure.ts'
import { consentSigner } from '../consent/open.ts'
import { verifyDisclosure } from '../consent/verify-disclosure.ts'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'
import { answer, typed, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice disclose --receipt <id> --from <day> --to <day> --basis <basis> --reason <text>`: prints the disclosure. */
export const disclose: Command = async (context, input) => {
  const request = typed(() =>
    checkDisclosure({
      receipt: input.text('receipt') ?? '',
      from: input.text('from') ?? '',
      to: input.text('to') ?? '',
      basis: input.text('basis') ?? '',
    }),
  )
  const reason = typed(() => checkReason(input.text('reason')))
  const made = await withAudit(context, (store, audit, { data }) => {
    const signer = consentSigner(data.lasting)
    return createDisclose({ store, audit, signer, clock: systemClock })(request, {
      actor: 'terminal',
      reason,
    })
  })
  context.stdout.write(`${JSON.stringify(made)}\n`)
}

/** `sluice disclose verify <file> [--key <public key>]`: exit code 1 with what is wrong. Needs no store. */
export const verifyDisclosed: Command = async (context, input) => {
  const [file = ''] = input.words
  const key = input.text('key')
  const { site, rows, publicKey, faults } = verifyDisclosure(read(file), key)
  const isWhole = faults.length === 0
  answer(
    context,
    { ok: isWhole, site, rows, key: publicKey.x, faults },
    isWhole
      ? [
          `${rows} rows of ${site}, all as they were disclosed.`,
          ...(key === undefined
            ? [
                `It is signed with the key ${publicKey.x}: compare it with /.well-known/sluice-consent.json, or give it as --key.`,
              ]
            : []),
        ]
      : [`This is wrong:`, ...faults.map((fault) => `  ${fault}`)],
  )
  return isWhole ? 0 : 1
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file} cannot be read (${codeOf(error)}): name a disclosure that is there.`)
  }
}
