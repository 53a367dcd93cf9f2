/**
 * Milliseconds of processor time that some work takes, the least of three: a machine that is busy with something else
 * makes it wait, not work.
 */
export function cpuMs(work: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return Math.min(...times)
}
