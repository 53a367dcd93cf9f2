import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { checkReason } from '../accounts/access.ts'
import { UserError } from '../errors.ts'
import { proofText, type SmsProof } from '../sms/proof/bundle.ts'
import { createProofs } from '../sms/proof/make.ts'
import { proofPage } from '../sms/proof/page.ts'
import { sentencesOf } from '../sms/proof/sentences.ts'
import { NoProof, verifyProof, type ProofVerification } from '../sms/proof/verify.ts'
import { checkProofRequest, verifierScript } from '../sms/subjects/route.ts'
import { codeOf } from '../store/error-code.ts'
import { answer, typed, type Command } from './context.ts'
import { subjectIdOf, withSms, type SmsCommand } from './with-sms.ts'

/** `sluice sms proof <number|subject> --reason <text> [--unmasked] [--from --to [--basis]] [--out <folder>]`. */
export const smsProof: Command = async (context, input) => {
  const reason = typed(() => checkReason(input.text('reason')))
  const isUnmasked = input.claim('unmasked') === true
  const days = { from: input.text('from'), to: input.text('to'), basis: input.text('basis') }
  typed(() => checkProofRequest({ subjectId: '', isUnmasked, ...days }))
  const out = input.text('out')
  await withSms(context, async (opened) => {
    const subjectId = await subjectIdOf(opened, input.words[0] ?? '')
    const request = checkProofRequest({ subjectId, isUnmasked, ...days })
    const by = { actor: 'terminal', reason } as const
    const proof = await createProofs(opened.sms, opened.signer)(request, by)
    if (out === undefined) {
      context.stdout.write(proofText(proof))
      return
    }
    const files = writeFiles(out, proof, opened)
    answer(context, { files, key: proof.key.x, entries: proof.entries.length }, [
      `${proof.entries.length} entries and ${proof.messages.length} messages are in ${files.join(', ')}.`,
      `Whoever gets them verifies with \`node verify-sms-proof.mjs proof.json --key ${proof.key.x}\`.`,
    ])
  })
}

function writeFiles(folder: string, proof: SmsProof, { signer }: SmsCommand): string[] {
  const files = {
    'proof.json': proofText(proof),
    'proof.html': proofPage(proof, signer),
    'verify-sms-proof.mjs': verifierScript(),
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), text, { mode: 0o600 })
    }
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw new UserError(
      `${folder} cannot be written (${codeOf(error)}): name a folder that can, and make the proof again.`,
    )
  }
  return Object.keys(files).map((name) => path.join(folder, name))
}

/** `sluice sms verify-proof <file> [--key <public key>]`: exit code 1 with what is wrong. Needs no store. */
export const smsVerifyProof: Command = async (context, input) => {
  const [file = ''] = input.words
  const key = input.text('key')
  const verification = verify(file, key)
  const { subject, entries, messages, publicKey, faults, remarks } = verification
  const ok = faults.length === 0
  answer(
    context,
    { ok, subject, entries, messages, key: publicKey.x, faults, remarks },
    sentencesOf(verification, key),
  )
  return ok ? 0 : 1
}

function verify(file: string, key: string | undefined): ProofVerification {
  try {
    return verifyProof(readFileSync(file, 'utf8'), key)
  } catch (error) {
    if (error instanceof NoProof) {
      throw new UserError(`${file} is no proof: give one made by \`sluice sms proof\`.`)
    }
    if (codeOf(error) === '') throw error
    throw new UserError(`${file} cannot be read (${codeOf(error)}): name a proof that is there.`)
  }
}
