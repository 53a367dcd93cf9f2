import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createReports, type Reports } from '../reports/reports.ts'
import { shownReport } from '../reports/route.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import { answer, table, type CliContext, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice report list [--site <domain>]`. */
export const listReports: Command = async (context, input) => {
  const domain = input.text('site')
  const listed = await withReports(context, async ({ reports, sites }) => {
    const site = domain === undefined ? undefined : sites.get(domain)
    const domains = new Map(sites.list().map(({ id, domain: name }) => [id, name]))
    const found = []
    for (const report of await reports.list(site?.id)) {
      const recipients = await reports.recipients(report.id)
      found.push({ report, recipients, site: domains.get(report.siteId) ?? null })
    }
    return found
  })
  const rows = listed.flatMap(({ report: { id, kind, language, threshold }, recipients, site }) =>
    // Everybody may have stopped: the report is there all the same.
    (recipients.length > 0 ? recipients : [undefined]).map((recipient) => [
      id,
      site ?? '(removed)',
      kind,
      language,
      threshold === null ? '' : String(threshold),
      recipient?.email ?? '(nobody)',
      recipient === undefined ? '' : recipient.isConfirmed ? 'gets it' : 'was asked',
    ]),
  )
  answer(
    context,
    {
      reports: listed.map(({ report, recipients, site }) =>
        Object.assign({ site }, shownReport(report, recipients)),
      ),
    },
    rows.length > 0
      ? table(['id', 'site', 'kind', 'language', 'threshold', 'recipient', 'state'], rows)
      : ['There is no report: owners make them in the dashboard, under Settings, Reports.'],
  )
}

/** `sluice report remove <id>`. */
export const removeReport: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withReports(context, async ({ reports }) => {
    const known = (await reports.list()).find((report) => report.id === id)
    if (!known) {
      throw new UserError(
        `There is no report with the id ${JSON.stringify(id.slice(0, 80))}: \`sluice report list\` shows them.`,
        404,
      )
    }
    await reports.remove(known.siteId, id, { actor: 'terminal' })
  })
  answer(context, { removed: id }, [`The report ${id} is removed, and nobody gets it any more.`])
}

function withReports<T>(
  context: CliContext,
  act: (parts: { reports: Reports; sites: Sites }) => Promise<T>,
): Promise<T> {
  return withAudit(context, (store, audit, { data }) =>
    act({
      reports: createReports({ store, clock: systemClock, dataKeys: data, audit }),
      sites: createSites({ store, clock: systemClock }),
    }),
  )
}
