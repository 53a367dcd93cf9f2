import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { LastingKey } from '../../store/data-keys.ts'
import { deriveKey } from '../../store/key-file.ts'

/** What a form was made of: goes out with it, signed, and comes back, so that what is kept is what was shown. */
export interface ShownForm {
  /** Id of the program. */
  readonly program: string
  /** Version of the disclosure, and SHA-256 of its text, base64url. */
  readonly version: string
  readonly hash: string
  /** Language that the form was shown in. */
  readonly locale: string
  /** Address of the page. */
  readonly page: string
  /** Unix milliseconds. */
  readonly shownAt: number
}

export interface FormTokens {
  issue(form: ShownForm): string
  /** Undefined for what was not signed here. */
  read(token: string): ShownForm | undefined
}

const FORM: z.ZodType<ShownForm> = z.object({
  program: z.string(),
  version: z.string(),
  hash: z.string(),
  locale: z.string(),
  page: z.string(),
  shownAt: z.int(),
})
const MAX_TOKEN = 4_096

/** `v1.<JSON, base64url>.<HMAC-SHA-256, base64url>` */
export function createFormTokens(lasting: LastingKey): FormTokens {
  const key = deriveKey(lasting, 'SMS opt-in forms', 32)
  const tagOf = (body: string): Buffer => createHmac('sha256', key).update(body).digest()
  return {
    issue: (form) => {
      const body = `v1.${Buffer.from(JSON.stringify(form)).toString('base64url')}`
      return `${body}.${tagOf(body).toString('base64url')}`
    },
    read: (token) => {
      if (token.length > MAX_TOKEN) return undefined
      const [, body = '', payload = '', tag = ''] = /^(v1\.([\w-]+))\.([\w-]{43})$/.exec(token) ?? []
      const given = Buffer.from(tag, 'base64url')
      if (given.length !== 32 || !timingSafeEqual(given, tagOf(body))) return undefined
      return FORM.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    },
  }
}
