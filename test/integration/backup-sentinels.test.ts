import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Secret } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentAnswer } from '../../schema/consent.ts'
import { silentLog } from '../../server/log.ts'
import { loadMasterKey } from '../../server/store/key-file.ts'
import { folderWithKeyOf, sluice } from '../support/installation.ts'
import { addSite, choose, pageview, send, startProduct, type Product } from '../support/product.ts'
import {
  addressForms,
  AGENT_MARK,
  forms,
  MAIL,
  searchFolders,
  V4,
  V6,
  type Needle,
} from '../support/sentinels.ts'
import { PASSWORD, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

const OWNER = 'owner.sentinel@private.example'
const GUEST = 'guest.sentinel@private.example'
const site = 'quiet.example'

/**
 * An installation with all that there is of people, its backups, and what was restored of them: every file of each is
 * searched for what was sent in.
 */
describe('a dump of every file', () => {
  const backups = mkdtempSync(path.join(tmpdir(), 'sluice-backups-'))
  let product: Product
  let restored: string
  let needles: Needle[]
  let keyNeedles: Needle[]
  let receiptNeedles: Needle[]

  beforeAll(async () => {
    product = await startProduct()
    const link = setUpLinkIn(product.output())
    const owner: HttpPerson = await setUpAccount(link, OWNER)
    const key = await addSite(product, site)
    const invitation = setUpLinkIn(await product.cli('user', 'add', GUEST, '--role', 'analyst'))
    const visitor = {
      'x-forwarded-for': V4,
      'user-agent': `Mozilla/5.0 ${AGENT_MARK}/1 Chrome/142.0.0.0 Safari/537.36`,
    }
    const choice = await choose(product.url, site, {}, visitor)
    const { receipt = '', token = '' } = (await choice.json()) as ConsentAnswer
    expect([receipt, token]).not.toContain('')
    for (const address of [V4, V6]) {
      const events = [
        pageview(site, `/of/${MAIL}?email=${MAIL}&utm_campaign=${MAIL}`, {
          referrer: `https://x.example/${MAIL}`,
        }),
      ]
      const agent = `Mozilla/5.0 (X11; Linux x86_64) ${AGENT_MARK}/9 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36`
      const sender = { address, agent, ...(address === V4 && { consent: token }) }
      expect((await send(product.url, site, events, sender)).status).toBe(202)
    }
    await product.cli('backup', backups, '--rehearse')
    restored = folderWithKeyOf(product.data)
    const { code, stderr } = await sluice(restored, ['restore', backups])
    expect([code, stderr]).toEqual([0, ''])
    await product.stop()

    const master = Buffer.from(loadMasterKey({ dataDir: product.data, log: silentLog }).key)
    needles = [
      ...addressForms(V4, V6),
      ...[
        AGENT_MARK,
        MAIL,
        OWNER,
        GUEST,
        'jane.sentinel',
        'owner.sentinel',
        'guest.sentinel',
        PASSWORD,
        key,
        token,
        link.split('=')[1] ?? '',
        invitation.split('=')[1] ?? '',
        owner.cookie.split('=')[1] ?? '',
        ...owner.recoveryCodes,
        owner.secret,
      ].flatMap(forms),
      ['the secret of the authenticator as bytes', Buffer.from(Secret.fromBase32(owner.secret).bytes)],
    ]
    keyNeedles = [
      ['the key as bytes', master],
      ['the key as base64', Buffer.from(master.toString('base64').slice(0, 42))],
      ['the key as hex', Buffer.from(master.toString('hex'))],
    ]
    receiptNeedles = forms(receipt)
  }, 180_000)
  afterAll(async () => {
    await product.dispose()
    for (const folder of [backups, restored]) rmSync(folder, { recursive: true, force: true })
  })

  it('R4.1 R4.6 holds nothing of what was sent in, in any encoding: data folder, engine, spool, backups, restored', () => {
    const { files, found } = searchFolders([product.data, backups, restored], needles)
    expect(files).toBeGreaterThan(50)
    expect(found).toEqual([])
  })

  it('R4.6 holds neither the key nor a receipt in a backup, though both are in the data folder', () => {
    expect(searchFolders([backups], [...keyNeedles, ...receiptNeedles]).found).toEqual([])
    expect(searchFolders([product.data], keyNeedles).found).toEqual(['key: the key as base64'])
    expect(searchFolders([product.data], receiptNeedles).found.length).toBeGreaterThan(0)
  })

  it('R4.6 the backup is not the data folder packed: nothing of a site or a page is readable in it', () => {
    const { found } = searchFolders([backups], ['example', 'pageview', 'events', 'consent'].flatMap(forms))
    expect(found).toEqual([])
    expect(readFileSync(path.join(product.data, 'store.db')).includes(site)).toBe(true)
  })
})
