import { button } from './element.ts'
import type { Page } from './page.ts'

/** A button that gives the visitor the signed receipt of the choice, as a file to keep. */
export function receiptButton({ notice, consent }: Page): HTMLButtonElement {
  const made = button('sluice-link', notice.texts.receipt, () => void download())
  async function download(): Promise<void> {
    const receipt = await consent.receipt()
    if (!receipt) return
    const file = new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' })
    const address = URL.createObjectURL(file)
    const anchor = document.createElement('a')
    anchor.href = address
    anchor.download = `consent-receipt-${notice.site}.json`
    anchor.click()
    URL.revokeObjectURL(address)
  }
  return made
}
