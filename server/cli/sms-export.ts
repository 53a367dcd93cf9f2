import { standingsOf } from '../../sms/index.ts'
import { checkReason } from '../accounts/access.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createSites } from '../sites/registry.ts'
import { typed, UsageError, type Command } from './context.ts'
import { withSms } from './with-sms.ts'

/** `sluice sms export --site <domain> --reason <text>`: who is in and who is out, as the provider's own list has it. */
export const smsExport: Command = async (context, input) => {
  const domain = input.text('site')
  if (domain === undefined) throw new UsageError('--site is missing: write --site <domain>.')
  const reason = typed(() => checkReason(input.text('reason')))
  await withSms(context, async ({ store, sms }) => {
    const site = createSites({ store, clock: systemClock })
      .list()
      .find((one) => one.domain === domain)
    if (!site) throw new UserError(`There is no site ${domain}.`, 404)
    // It is in the audit log before anybody has a number.
    await sms.store.transaction((transaction) =>
      sms.audit.append(transaction, {
        actor: 'terminal',
        action: 'sms.consents.exported',
        subject: domain,
        reason,
      }),
    )
    if (!context.json) context.stdout.write('FROM,TO,STATUS,SOURCE\r\n')
    for await (const standing of standingsOf(sms.store.db, sms, site.id)) {
      const { from, to, status, source } = standing
      context.stdout.write(
        context.json ? `${JSON.stringify(standing)}\n` : `${from},${to},${status},${source}\r\n`,
      )
    }
  })
}
