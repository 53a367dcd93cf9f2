import type { By, HeldText } from '../../sms/index.ts'
import { checkReason } from '../accounts/access.ts'
import { good } from '../sms/desk/route.ts'
import { readDeskBody, type DeskRoute } from '../sms/desk/wire.ts'
import { answer, table, typed, UsageError, type Command, type Input } from './context.ts'
import { withDesks } from './with-sms.ts'

/** `sluice sms held list --site <domain>`. */
export const listHeld: Command = (context, input) => {
  const domain = siteOfInput(input)
  return withDesks(context, async (desks, siteOf) => {
    const texts = await desks.held(siteOf(domain))
    answer(context, { texts }, texts.length === 0 ? ['No text waits for a person.'] : texts.flatMap(linesOf))
  })
}

function linesOf({ id, programName, messages, expiresAt, text, findings }: HeldText): string[] {
  const many = `${messages} message${messages === 1 ? '' : 's'}`
  const why = findings.map(({ rule, found }) => `  ${rule}: ${JSON.stringify(found)}`)
  return [
    `${id}  ${programName}, ${many}, the first expires ${expiresAt}`,
    `  ${JSON.stringify(text)}`,
    ...why,
  ]
}

/** `sluice sms held approve <id> --site <domain> --reason <text>`. */
export const approveHeld: Command = (context, input) => {
  const { site, by, read } = decisionOf('POST /sms/held-texts/:id/approve', input, {
    ...(input.text('hours') !== undefined && { hours: Number(input.text('hours')) }),
  })
  return withDesks(context, async (desks, siteOf) => {
    const { messages, until } = good(await desks.approve(siteOf(site), idOf(input), read.hours, by))
    answer(context, { approved: messages, until }, [
      `${messages} message${messages === 1 ? ' goes' : 's go'} to the gate; the same text is taken until ${until}.`,
    ])
  })
}

/** `sluice sms held refuse <id> --site <domain> --reason <text>`. */
export const refuseHeld: Command = (context, input) => {
  const { site, by } = decisionOf('POST /sms/held-texts/:id/refuse', input, {})
  return withDesks(context, async (desks, siteOf) => {
    const { messages } = good(await desks.refuse(siteOf(site), idOf(input), by))
    answer(context, { withdrawn: messages }, [
      `${messages} message${messages === 1 ? ' is' : 's are'} taken back.`,
    ])
  })
}

/** `sluice sms answer list --site <domain>`. */
export const listAnswers: Command = (context, input) => {
  const domain = siteOfInput(input)
  return withDesks(context, async (desks, siteOf) => {
    const answers = await desks.unclear(siteOf(domain))
    answer(
      context,
      { answers },
      answers.length === 0
        ? ['No answer waits for a person.']
        : table(
            ['id', 'from', 'received', 'text'],
            answers.map(({ id, number, receivedAt, text }) => [id, number, receivedAt, JSON.stringify(text)]),
          ),
    )
  })
}

/** `sluice sms answer settle <id> <opt-out|other> --site <domain> --reason <text>`. */
export const settleAnswer: Command = (context, input) => {
  const as = input.words[1]
  const { site, by, read } = decisionOf('POST /sms/unclear-answers/:id/settle', input, { as })
  return withDesks(context, async (desks, siteOf) => {
    good(await desks.settleAnswer(siteOf(site), idOf(input), read.as, by))
    answer(context, { settled: read.as }, [
      read.as === 'opt-out' ? 'They are opted out.' : 'It was no opt-out: what waited goes on.',
    ])
  })
}

/** `sluice sms dead-letter list --site <domain>`. */
export const listDead: Command = (context, input) => {
  const domain = siteOfInput(input)
  return withDesks(context, async (desks, siteOf) => {
    const messages = await desks.deadLetters(siteOf(domain))
    answer(
      context,
      { messages },
      messages.length === 0
        ? ['No message was given up.']
        : table(
            ['id', 'created', 'because', 'attempts', ''],
            messages.map((one) => [
              one.id,
              one.createdAt,
              one.because,
              String(one.attempts),
              one.mayHaveLeft ? 'may have gone out: settle it first' : '',
            ]),
          ),
    )
  })
}

/** `sluice sms dead-letter settle <id> <sent|not-sent> --site <domain> --reason <text>`. */
export const settleDead: Command = (context, input) => {
  const as = input.words[1]
  const { site, by, read } = decisionOf('POST /sms/dead-letters/:id/settle', input, { as })
  return withDesks(context, async (desks, siteOf) => {
    good(await desks.settleDeadLetter(siteOf(site), idOf(input), read.as, by))
    answer(context, { settled: read.as }, [
      read.as === 'sent' ? 'It counts as sent.' : 'It counts as not sent, and can be replayed.',
    ])
  })
}

/** `sluice sms dead-letter replay <id> --site <domain> --reason <text>`. */
export const replayDead: Command = (context, input) => {
  const expires = input.text('expires')
  const { site, by, read } = decisionOf('POST /sms/dead-letters/:id/replay', input, {
    ...(expires !== undefined && { expiresAt: expires }),
  })
  return withDesks(context, async (desks, siteOf) => {
    const until = read.expiresAt === undefined ? undefined : Date.parse(read.expiresAt)
    const { expiresAt } = good(await desks.replay(siteOf(site), idOf(input), until, by))
    answer(context, { replayed: true, expiresAt }, [`It goes to the gate once more, until ${expiresAt}.`])
  })
}

type DecisionRoute = Extract<
  DeskRoute,
  `POST /sms/${'held-texts' | 'unclear-answers' | 'dead-letters'}/${string}`
>

/** A decision as its route reads it; throws UsageError for what is missing or cannot be read. */
function decisionOf<Route extends DecisionRoute>(
  route: Route,
  input: Input,
  more: object,
): { site: string; by: By; read: ReturnType<typeof readDeskBody<Route>> } {
  const site = siteOfInput(input)
  const reason = typed(() => checkReason(input.text('reason')))
  const read = typed(() => readDeskBody(route, { site, reason, ...more }))
  return { site, by: { actor: 'terminal', reason }, read }
}

function siteOfInput(input: Input): string {
  const domain = input.text('site')
  if (domain === undefined) throw new UsageError('Name the site: --site <domain>.')
  return domain
}

function idOf({ words: [id = ''] }: Input): string {
  return id
}
