import { readFileSync } from 'node:fs'
import { screen, type Desks, type Refused } from '../../sms/index.ts'
import { UserError } from '../errors.ts'
import { givenProgram, PROGRAM, readWith } from '../sms/desk/wire.ts'
import { good, shownProgram } from '../sms/desk/route.ts'
import { answer, table, typed, UsageError, type Command, type Input } from './context.ts'
import { withDesks } from './with-sms.ts'

const ACTOR = 'terminal'

/** `sluice sms program add <domain> <file>`. */
export const addProgram: Command = (context, { words: [domain = '', file = ''] }) => {
  const given = typed(() => givenProgram(readWith(PROGRAM, jsonOf(file))))
  return withDesks(context, async (desks, siteOf) => {
    const made = good(await desks.programs.add(siteOf(domain), given, ACTOR))
    answer(context, shownProgram(made), [`The program ${made.program.name} has the id ${made.id}.`])
  })
}

/** `sluice sms program list <domain>`. */
export const listPrograms: Command = (context, { words: [domain = ''] }) =>
  withDesks(context, async (desks, siteOf) => {
    const programs = await desks.programs.list(siteOf(domain))
    const rows = programs.map(({ id, program, senderId, endedAt }) => [
      id,
      program.name,
      program.kind,
      senderId,
      endedAt === undefined ? '' : 'ended',
    ])
    answer(
      context,
      { programs: programs.map(shownProgram) },
      rows.length > 0
        ? table(['id', 'name', 'kind', 'sender', ''], rows)
        : [`${domain} has no SMS programs: \`sluice sms program add ${domain} <file>\` makes one.`],
    )
  })

/** `sluice sms program end <domain> <id>`. */
export const endProgram: Command = (context, { words: [domain = '', id = ''] }) =>
  withDesks(context, async (desks, siteOf) => {
    const ended = good(await desks.programs.end(siteOf(domain), id, ACTOR))
    answer(context, shownProgram(ended), [`Nothing is sent for ${ended.program.name} any more.`])
  })

/** `sluice sms send <program> <to> <text>`: queues a message, which a running server sends. */
export const sendMessage: Command = (context, input) => {
  const [programId = '', to = '', text = ''] = input.words
  const [domain, key] = [input.text('site'), input.text('key')]
  if (domain === undefined) throw new UsageError('Name the site: --site <domain>.')
  const isExplained = input.claim('explain') === true
  if (!isExplained && key === undefined) {
    throw new UsageError('Give --key <text>, a new one for each message, or --explain.')
  }
  return withDesks(context, async (desks, siteOf) => {
    const media = input.texts('media')
    const pictures = media.length > 0 ? { media } : {}
    const asking = { siteId: siteOf(domain), programId, to, text, isByHand: true, ...pictures }
    const answered = good(await (isExplained ? desks.explain(asking) : desks.send(asking, key ?? '')))
    const { is, decision, segments, findings } = answered
    const because = 'because' in decision ? decision.because : 'for' in decision ? decision.for : []
    const outcome = decision.verdict === 'send' ? 'goes out' : `${decision.verdict}: ${because.join(', ')}`
    answer(context, { outcome: is, ...answered }, [
      `${is === 'explained' ? 'Not sent' : `Message ${'id' in answered ? answered.id : ''}`}; ${outcome}; ${segments} part${segments === 1 ? '' : 's'}.`,
      ...findings.map(({ rule, found }) => `  ${rule}: ${JSON.stringify(found)}`),
    ])
    return decision.verdict === 'block' ? 1 : 0
  })
}

/** `sluice sms media add <file>`: keeps a picture for messages. */
export const addMedia: Command = (context, input) => {
  const [file = ''] = input.words
  const domain = input.text('site')
  if (domain === undefined) throw new UsageError('Name the site: --site <domain>.')
  const content = fileOf(file, 'a picture')
  return withDesks(context, async (desks, siteOf) => {
    const { id, type, bytes } = good(await desks.addPicture(siteOf(domain), content))
    answer(context, { id, type, bytes }, [`The picture has the id ${id}: ${type}, ${bytes} bytes.`])
  })
}

/** `sluice sms status [message]`: one message, or how many wait. */
export const showStatus: Command = (context, input) => {
  const [id] = input.words
  return withDesks(context, async (desks, siteOf) => {
    if (id !== undefined) {
      const domain = input.text('site')
      if (domain === undefined) throw new UsageError('Name the site: --site <domain>.')
      const message = good(await desks.message(siteOf(domain), id))
      answer(context, message, [`${message.id}: ${message.status}, ${JSON.stringify(message.decision)}`])
      return
    }
    const counts = await desks.counts()
    const rows = Object.entries(counts).map(([status, count]) => [status, String(count)])
    answer(context, { messages: counts }, rows.length > 0 ? table(['messages', ''], rows) : ['No messages.'])
  })
}

/** `sluice sms screen <text>`: what the rules say of a text; exit code 1 where it is blocked. */
export const screenText: Command = async (context, input) => {
  const domains = (input.text('domains') ?? '').split(',').filter((domain) => domain !== '')
  const { decision, findings } = screen(input.words[0] ?? '', domains)
  answer(context, { decision, findings }, [
    decision,
    ...findings.map(({ rule, found }) => `  ${rule}: ${JSON.stringify(found)}`),
  ])
  return decision === 'block' ? 1 : 0
}

/** `sluice sms sender add <number>`. */
export const addSender: Command = (context, input) =>
  withDesks(context, async (desks) => {
    const sender = good(await desks.senders.add({ number: input.words[0] ?? '', ...senderOf(input) }, ACTOR))
    answer(context, shownSender(sender), [`The sender ${sender.number.toString()} has the id ${sender.id}.`])
  })

/** `sluice sms sender list`. */
export const listSenders: Command = (context) =>
  withDesks(context, async (desks) => {
    const senders = (await desks.senders.list()).map(shownSender)
    const rows = senders.map((one) => [
      one.id,
      one.number,
      one.class,
      one.campaign,
      one.state,
      one.stateReason ?? '',
    ])
    answer(
      context,
      { senders },
      rows.length > 0
        ? table(['id', 'number', 'class', 'campaign', 'state', 'because'], rows)
        : ['There are no senders: `sluice sms sender add <number>` adds one.'],
    )
  })

/** `sluice sms sender set <id> <active|restricted|suspended>`. */
export const setSender: Command = (context, input) => {
  const [id = '', state = ''] = input.words
  const reason = input.text('reason')
  if (reason === undefined) throw new UsageError('Say why: --reason <text>. It is in the audit log.')
  return withDesks(context, async (desks) => {
    const sender = good(await desks.senders.setState(id, state, reason, ACTOR))
    answer(context, shownSender(sender), [`The sender ${sender.id} is ${sender.state}.`])
  })
}

/** `sluice sms sender fee <id> <amount>`. */
export const enterFee: Command = (context, input) => {
  const [id = '', amount = ''] = input.words
  const reason = input.text('reason')
  if (!/^\d{1,13}$/.test(amount)) {
    throw new UsageError('The amount is millionths of a dollar, a whole number: 500000000 is 500 dollars.')
  }
  if (reason === undefined) throw new UsageError('Say what for: --reason <text>. It is in the audit log.')
  return withDesks(context, async (desks) => {
    const sender = good(await desks.senders.addFee(id, Number(amount), reason, ACTOR))
    answer(context, { id: sender.id, amount: Number(amount) }, [
      `A fee of ${(Number(amount) / 1_000_000).toFixed(2)} dollars is written down for the sender ${sender.id}.`,
    ])
  })
}

type Given = Omit<Parameters<Desks['senders']['add']>[0], 'number'>

function senderOf(input: Input): Given {
  const list = (flag: string): string[] => (input.text(flag) ?? '').split(',').filter((one) => one !== '')
  const confirmationBy = input.text('confirmation')
  if (confirmationBy !== undefined && confirmationBy !== 'self' && confirmationBy !== 'provider') {
    throw new UsageError(
      'Opt-outs are confirmed by one of two: --confirmation self or --confirmation provider.',
    )
  }
  const price = (flag: string): number => {
    const text = input.text(flag) ?? '0'
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${flag} is millionths of a dollar, a whole number.`)
    return Number(text)
  }
  return {
    features: list('features'),
    campaign: input.text('campaign') ?? 'Unconfirmed',
    useCases: list('use-cases'),
    class: input.text('class'),
    confirmationBy,
    prices: {
      segment: price('segment-price'),
      surcharge: price('surcharge'),
      ...(input.text('media-price') !== undefined && { media: price('media-price') }),
    },
  }
}

type ListedSender = Exclude<Awaited<ReturnType<Desks['senders']['add']>>, Refused>

function shownSender({
  slots: _slots,
  restUntil: _rest,
  number,
  stateReason,
  ...sender
}: ListedSender): Omit<ListedSender, 'slots' | 'restUntil' | 'number'> & { number: string } {
  return { ...sender, stateReason, number: number.toString() }
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new UserError(`${file} cannot be read as JSON: give the file of a program.`)
  }
}

function fileOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    throw new UserError(`${file} cannot be read: give the file of ${what}.`)
  }
}
