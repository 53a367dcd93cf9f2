/**
 * Contrast of two colours as WCAG 2.2 defines it (relative luminance, contrast ratio), 1 to 21. Colours are `#rgb` or
 * `#rrggbb`; throws Error for anything else.
 */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = channels(color).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(color: string): number[] {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(color)
  const full = short
    ? short.slice(1).map((digit) => digit + digit)
    : /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color)?.slice(1)
  if (!full) throw new Error(`${JSON.stringify(color)} is no colour like #0b6b74`)
  return full.map((hex) => Number.parseInt(hex, 16))
}
