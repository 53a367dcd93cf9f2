import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'

/** Links in mails by which a recipient says yes or stops. They are made of the recipient's id, so nothing is kept of them. */
export interface RecipientLinks {
  /** `https://stats.example.com/reports/<token>`. */
  page(recipientId: string): string
  /** Takes the POST of one click (RFC 8058). */
  stop(recipientId: string): string
  /** Id of the recipient; undefined for what was not made here. */
  read(token: string): string | undefined
}

export function createRecipientLinks(lasting: LastingKey, publicUrl: string): RecipientLinks {
  const key = deriveKey(lasting, 'report recipient link', 32)
  const sign = (id: string): Buffer => createHmac('sha256', key).update(id).digest()
  const page = (id: string): string => `${publicUrl}/reports/${id}.${sign(id).toString('base64url')}`
  return {
    page,
    stop: (id) => `${page(id)}/stop`,
    read: (token) => {
      const [, id = '', mac = ''] = /^([\da-f]{16})\.([\w-]{43})$/.exec(token) ?? []
      const [given, right] = [Buffer.from(mac, 'base64url'), sign(id)]
      return given.length === right.length && timingSafeEqual(given, right) ? id : undefined
    },
  }
}
