// Apart from the code that uses them, since esbuild puts imported constants in place and keeps others as variables.

/** Most events that wait; the oldest go first. Bounds memory on a page that stays open without a collector. */
export const MAX_WAITING = 50

/** Requests in a row that may fail; then only a returning network or a hidden page leads to another. */
export const MAX_TRIES = 5

/** Half of the shortest rest; it doubles with each failure in a row: 1–2 s, 2–4 s, 4–8 s, 8–16 s. */
export const FIRST_REST_MS = 500

/** Shorter than anybody sees a page: the steps of a redirect, and of a return from the back/forward cache. */
export const MIN_VISIBLE_MS = 100
