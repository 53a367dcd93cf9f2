import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A mail server on loopback that keeps what it is given: as much of SMTP (RFC 5321) as a client needs. */
export interface SmtpSink {
  readonly port: number
  readonly mails: { from: string; to: string[]; text: string }[]
  /** What clients said, without the mails themselves. */
  readonly commands: string[]
  /** Refuses each recipient with such a reply from now on; undefined: takes them again. */
  refuse(reply: string | undefined): void
  close(): Promise<void>
}

export async function smtpSink(): Promise<SmtpSink> {
  const mails: SmtpSink['mails'] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let refusal: string | undefined

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that gives up breaks the connection.
    socket.on('error', () => undefined)
    const reply = (line: string): void => void socket.write(`${line}\r\n`)
    let mail = { from: '', to: [] as string[], text: '' }
    let [buffered, isData] = ['', false]

    function take(line: string): void {
      if (isData) {
        if (line === '.') {
          isData = false
          mails.push(mail)
          mail = { from: '', to: [], text: '' }
          reply('250 kept')
        } else {
          mail.text += `${line.replace(/^\./, '')}\n`
        }
        return
      }
      commands.push(line)
      const [verb = ''] = line.toUpperCase().split(/[ :]/)
      const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
      if (verb === 'MAIL') mail.from = address
      if (verb === 'RCPT' && refusal !== undefined) return reply(refusal)
      if (verb === 'STARTTLS') return reply('502 not here')
      if (verb === 'RCPT') mail.to.push(address)
      isData = verb === 'DATA'
      if (verb === 'QUIT') socket.end('221 bye\r\n')
      else reply(isData ? '354 go on' : '250 yes')
    }

    socket.on('data', (chunk) => {
      const lines = (buffered + chunk.toString('latin1')).split('\r\n')
      buffered = lines.pop() ?? ''
      for (const line of lines) take(line)
    })
    reply('220 sink')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    refuse: (reply) => {
      refusal = reply
    },
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
