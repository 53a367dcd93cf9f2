// Verifies a proof of consent to text messages, a file ending in .json or .html, with Node.js alone: no package, no
// network, nothing of the server that made it.   node verify-sms-proof.mjs <file> [--key <public key>]
import { readFileSync } from 'node:fs'
import { NoProof, verifyProof } from './verify.ts'
import { sentencesOf } from './sentences.ts'

const [file, flag, key] = process.argv.slice(2)
if (file === undefined || (flag !== undefined && (flag !== '--key' || key === undefined))) {
  process.stderr.write('Write: node verify-sms-proof.mjs <file> [--key <public key>]\n')
  process.exitCode = 2
} else {
  try {
    const verification = verifyProof(readFileSync(file, 'utf8'), key)
    process.stdout.write(`${sentencesOf(verification, key).join('\n')}\n`)
    process.exitCode = verification.faults.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof NoProof) && !(error instanceof Error && 'code' in error)) throw error
    process.stderr.write(
      error instanceof NoProof ? 'This file is no proof.\n' : 'This file cannot be read.\n',
    )
    process.exitCode = 1
  }
}
