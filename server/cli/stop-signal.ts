/** Resolves at the first signal; a second one ends the process at once, since somebody insists. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      resolve(signal)
      process.once('SIGINT', () => process.exit(1))
      process.once('SIGTERM', () => process.exit(1))
    }
    process.once('SIGINT', onSignal)
    process.once('SIGTERM', onSignal)
  })
}
