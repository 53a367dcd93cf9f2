/** After how long something that opens the numbers ends by itself. */
export const LIVES = ['30d', '90d', '365d', 'never'] as const
export type Life = (typeof LIVES)[number]
