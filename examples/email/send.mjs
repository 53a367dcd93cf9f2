// Sends one mail of a campaign with what Sluice makes for it: a picture, a link and a way to take the consent back.
//
//   SLUICE_URL=https://stats.example.com SLUICE_KEY=<key of the scope ingest> SMTP_URL=smtp://localhost:25 \
//     node examples/email/send.mjs example.com "Spring offer" ada@lovelace.example https://example.com/offer
import { createTransport } from 'nodemailer'

const { SLUICE_URL, SLUICE_KEY, SMTP_URL, MAIL_FROM = 'news@example.com' } = process.env
const [site, campaign, recipient, offer] = process.argv.slice(2)
if (!SLUICE_URL || !SLUICE_KEY || !SMTP_URL || !site || !campaign || !recipient || !offer) {
  process.stderr.write(
    'Set SLUICE_URL, SLUICE_KEY and SMTP_URL, and name site, campaign, recipient and link.\n',
  )
  process.exit(2)
}

/** What goes into the mail. Who has not consented gets the same mail, and nothing of it is counted. */
async function partsOf() {
  const answer = await fetch(new URL('/api/beacons', SLUICE_URL), {
    method: 'POST',
    headers: { authorization: `Bearer ${SLUICE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site, campaign, recipient, links: [offer], otherwise: 'off' }),
  })
  const parts = await answer.json()
  if (!answer.ok) throw new Error(parts.error)
  return parts
}

const { mode, open, links, withdraw, headers } = await partsOf()
const footer = withdraw ? `<p><a href="${withdraw}">Stop counting what I open</a></p>` : ''
await createTransport(SMTP_URL).sendMail({
  from: MAIL_FROM,
  to: recipient,
  subject: campaign,
  headers,
  text: `There is an offer for you: ${links[0].url}${withdraw ? `\n\nStop counting what I open: ${withdraw}` : ''}\n`,
  html: `<!doctype html><html lang="en"><body>${open?.html ?? ''}<p><a href="${links[0].url}">There is an offer for you</a></p>${footer}</body></html>`,
})
process.stdout.write(`sent, ${mode}\n`)
