/**
 * Brands for what must not travel: a value so marked exists while one request is answered, and no type of a later
 * station has a field for it.
 */
declare const brand: unique symbol

/** The visitor's address, as told by the nearest trusted proxy. */
export type ClientIp = string & { readonly [brand]: 'ClientIp' }

/** The visitor's User-Agent header, cut to 512 characters. */
export type RawUserAgent = string & { readonly [brand]: 'RawUserAgent' }
