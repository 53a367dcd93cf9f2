import { systemClock } from '../clock.ts'
import type { Goal } from '../../schema/site.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { checkGoals } from '../sites/goals.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import { UserError } from '../errors.ts'
import { answer, table, typed, UsageError, type CliContext, type Command, type Input } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice goal add <domain> <name>`. */
export const addGoal: Command = async (context, input) => {
  const [domain, goal] = [domainOf(input), goalOf(input)]
  typed(() => checkGoals([goal]))
  const { goals } = await withSites(context, (sites) =>
    sites.change(domain, (site) => ({ goals: [...site.goals, goal] })),
  )
  answer(context, { domain, goals }, [`${domain} has the goal ${goal.name}.`])
}

/** `sluice goal list <domain>`. */
export const listGoals: Command = async (context, input) => {
  const domain = domainOf(input)
  const { goals } = await withSites(context, (sites) => sites.get(domain))
  const rows = goals.map((goal) =>
    'event' in goal ? [goal.name, 'event', goal.event] : [goal.name, 'page', goal.page],
  )
  answer(
    context,
    { domain, goals },
    rows.length > 0
      ? table(['goal', 'is reached by', ''], rows)
      : [`${domain} has no goals: \`sluice goal add ${domain} <name> --event <event>\` adds one.`],
  )
}

/** `sluice goal remove <domain> <name>`. */
export const removeGoal: Command = async (context, input) => {
  const [domain, name] = [domainOf(input), input.words[1] ?? '']
  const { goals } = await withSites(context, (sites) =>
    sites.change(domain, (site) => {
      const rest = site.goals.filter((goal) => goal.name !== name)
      if (rest.length === site.goals.length) {
        throw new UserError(
          `${domain} has no goal ${JSON.stringify(name.slice(0, 80))}: \`sluice goal list ${domain}\` shows what there is.`,
          404,
        )
      }
      return { goals: rest }
    }),
  )
  answer(context, { domain, goals }, [`${domain} has no goal ${name} any more; what was measured stays.`])
}

function withSites<T>(context: CliContext, act: (sites: Sites) => Promise<T> | T): Promise<T> {
  return withAudit(context, (store, audit) => act(createSites({ store, clock: systemClock, audit })))
}

function domainOf(input: Input): string {
  return typed(() => normalizeDomain(input.words[0] ?? ''))
}

function goalOf(input: Input): Goal {
  const [name, event, page] = [input.words[1] ?? '', input.text('event'), input.text('page')]
  if (event !== undefined && page === undefined) return { name, event }
  if (page !== undefined && event === undefined) return { name, page }
  throw new UsageError('A goal is reached by one thing: give either --event <name> or --page </thanks*>.')
}
