import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LastingKey } from '../../store/data-keys.ts'
import { deriveKey } from '../../store/key-file.ts'

/** Names a subject in the address of its preferences page: whoever has the link may end messages, and nothing else. */
export interface SubjectLinks {
  /** What stands behind `/sms/preferences/`. It holds no number, and nothing that one could be found by. */
  tokenOf(subjectId: string): string
  /** Undefined for what was not made here. */
  subjectOf(token: string): string | undefined
}

/** 128 bits: as short as a text message needs it, and beyond guessing. */
const TAG_BYTES = 16

/** `<id>.<first 16 bytes of HMAC-SHA-256, base64url>` */
export function createSubjectLinks(lasting: LastingKey): SubjectLinks {
  const key = deriveKey(lasting, 'SMS preference links', 32)
  const tagOf = (id: string): Buffer => createHmac('sha256', key).update(id).digest().subarray(0, TAG_BYTES)
  return {
    tokenOf: (subjectId) => `${subjectId}.${tagOf(subjectId).toString('base64url')}`,
    subjectOf: (token) => {
      const [, id = '', tag = ''] = /^([\w-]{1,64})\.([\w-]{22})$/.exec(token) ?? []
      const given = Buffer.from(tag, 'base64url')
      // Base64 leaves bits over at the end: one link has one spelling.
      if (given.length !== TAG_BYTES || given.toString('base64url') !== tag) return undefined
      return timingSafeEqual(given, tagOf(id)) ? id : undefined
    },
  }
}
