import { expect, it } from 'vitest'
import { createRecipientLinks } from '../../../server/reports/links.ts'
import { seededDataKeys } from '../store/keys.ts'
import { openedStore } from '../store/opened.ts'

it('R2.1 a recipient’s link is of that recipient, and none that was changed in any part', async () => {
  const { lasting } = await seededDataKeys(await openedStore())
  const links = createRecipientLinks(lasting, 'https://stats.example.com')
  const [id, other] = ['0123456789abcdef', 'fedcba9876543210']
  const tokenOf = (recipient: string): string => links.page(recipient).split('/').at(-1) ?? ''
  const token = tokenOf(id)
  const mac = token.split('.')[1] ?? ''
  expect(links.read(token)).toBe(id)
  const first = mac.startsWith('A') ? 'B' : 'A'
  const changed = [
    `${other}.${mac}`,
    `${id}.${first}${mac.slice(1)}`,
    `${id}.${mac.slice(1)}`,
    `${id}.`,
    id,
    '',
  ]
  for (const wrong of changed) expect([wrong, links.read(wrong)]).toEqual([wrong, undefined])
})
