/** Money in answers: exact decimal text, from whole ten-thousandths. */

const PLACES = 4
/** What sums are kept in. */
const UNIT = 10n ** BigInt(PLACES)

/**
 * `29.00`, with as many decimals as the currency has, and more where the amount does. Null without a currency: sums of
 * several say nothing. `''`: there is no money, and so none of any currency; where some came after the currencies were
 * looked up it is null too, until they are known.
 */
export function amountText(amount: bigint, currency: string | undefined): string | null {
  if (currency === undefined || (currency === '' && amount !== 0n)) return null
  const size = amount < 0n ? -amount : amount
  const digits = String(size % UNIT).padStart(PLACES, '0')
  const decimals = digits.replace(/0+$/, '').padEnd(decimalsOf(currency), '0')
  return `${amount < 0n ? '-' : ''}${size / UNIT}${decimals === '' ? '' : `.${decimals}`}`
}

const known = new Map<string, number>()

function decimalsOf(currency: string): number {
  if (currency === '') return 0
  let decimals = known.get(currency)
  if (decimals === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    decimals = format.resolvedOptions().maximumFractionDigits ?? 2
    known.set(currency, decimals)
  }
  return decimals
}
