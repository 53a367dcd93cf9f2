/** How a share that was counted may lie: Wilson's score interval at 95 %. */
export function wilson(hits: number, of: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const z = 1.959964
  const share = hits / of
  const centre = share + z ** 2 / (2 * of)
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))
  const whole = 1 + z ** 2 / of
  return { low: Math.max(0, (centre - spread) / whole), high: (centre + spread) / whole }
}

/** `98.1 % (51 of 52; 89.9 to 99.7 %)` */
export function shareText(hits: number, of: number): string {
  const { low, high } = wilson(hits, of)
  const percent = (share: number): string => (share * 100).toFixed(1)
  return `${percent(of === 0 ? 0 : hits / of)} % (${hits} of ${of}; ${percent(low)} to ${percent(high)} %)`
}
