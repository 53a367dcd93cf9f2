import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../../server/project-root.ts'
import { dataFolder, openedStore, rowsOf } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

describe('R2.6 the audit log of the terminal', () => {
  it('tells what was changed, by whom, and of no person', async () => {
    const folder = dataFolder()
    const run = terminal({ SLUICE_DATA: folder })
    await run('site add shop.example')
    await run('site set shop.example --minimum-group 10')
    const key = objectOf(await run('key create --site shop.example --scope query --json'))
    await run(`key revoke ${String(key['id'])}`)
    await run(`key revoke ${String(key['id'])}`)
    await run('user add ana@shop.example --role analyst --site shop.example')
    await run('user set ana@shop.example --role auditor')
    await run('user remove ana@shop.example')
    await run(`policy set shop.example ${projectRoot}/examples/policy/shop.json`)
    await run('consent export --site shop.example')
    await run('site remove shop.example')
    // What fails is not told of: nothing was changed.
    await run('site remove shop.example')
    await run('key create --site shop.example --scope query')

    const store = await openedStore(folder)
    const rows = await rowsOf(store, 'audit_log', 'ORDER BY seq')
    expect(rows.map(({ actor, action, site }) => [actor, action, site].join(' ').trim())).toEqual([
      'terminal site.added shop.example',
      'terminal site.changed shop.example',
      'terminal key.created',
      'terminal key.revoked',
      'terminal account.invited',
      'terminal account.link-made',
      'terminal account.changed',
      'terminal account.removed',
      'terminal policy.published shop.example',
      'terminal consent.exported shop.example',
      'terminal site.removed shop.example',
    ])
    expect(JSON.stringify(rows)).not.toMatch(/@|slk_/)
    expect((await run('audit verify')).code).toBe(0)
  })
})
