/** scripts/bundle-dashboard.mjs with types: scripts are plain JavaScript, so that they run before anything is built. */
export interface Bundled {
  /** Page, script, style and icon, bytes of brotli. */
  firstLoadBytes: number
  /** Scripts of pages that are loaded on demand, bytes of brotli. */
  onDemandBytes: number
  /** Names of the files in `<outDir>/dashboard`. */
  files: string[]
}

export async function bundle(outDir: string): Promise<Bundled> {
  const script = new URL('../../scripts/bundle-dashboard.mjs', import.meta.url).href
  const { bundleDashboard } = (await import(script)) as {
    bundleDashboard: (outDir: string) => Promise<Bundled>
  }
  return bundleDashboard(outDir)
}
