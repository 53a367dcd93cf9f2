/**
 * The memory of arrays that can go to another thread instead of being copied. Small buffers lie in memory that they
 * share with others: those are copied.
 */
export function transferable(arrays: readonly (Uint8Array | Uint32Array)[]): ArrayBuffer[] {
  const memory = new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))
  return [...memory].filter(({ byteLength }) => byteLength > Buffer.poolSize)
}
