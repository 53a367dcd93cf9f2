import { encode } from 'uqr'

/** Modules of white around it that a camera needs to find it (ISO/IEC 18004, 5.3.8). */
const QUIET_ZONE = 4

/** A text as a QR code, dark on white in every scheme: cameras do not read it the other way round. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path class="qr-ground" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-modules" d={data.map(rowOf).join('')} shape-rendering="crispEdges" />
    </svg>
  )
}

/** The dark modules of a row, those side by side as one. */
function rowOf(row: readonly boolean[], y: number): string {
  let drawn = ''
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const from = x
    while (row[x + 1]) x++
    drawn += `M${from} ${y}h${x + 1 - from}v1H${from}z`
  }
  return drawn
}
