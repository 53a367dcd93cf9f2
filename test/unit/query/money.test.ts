import { expect, it } from 'vitest'
import { amountText } from '../../../server/query/money.ts'

it('tells an amount with the decimals of its currency, and more where it has them', () => {
  expect(
    [
      [295_000n, 'EUR'],
      [70_000n, 'JPY'],
      [-1n, 'EUR'],
      [0n, ''],
      [295_000n, undefined],
    ].map(([amount, currency]) => amountText(amount as bigint, currency as string | undefined)),
  ).toEqual(['29.50', '7', '-0.0001', '0', null])
})

it('tells no amount before its currency is known', () => {
  expect(amountText(295_000n, '')).toBeNull()
})
