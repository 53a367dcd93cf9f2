// Stacks then name the files that people wrote. Reading the maps of all files takes a start 0.05 s.
if (process.env['LOG_LEVEL'] === 'debug') process.setSourceMapsEnabled(true)

const { runCli } = await import('./cli/run.ts')
process.exitCode = await runCli(process.argv.slice(2), process.env, process)
