import { describe, expect, it } from 'vitest'
import { objectOf, terminal } from './typed.ts'

describe('sluice goal', () => {
  it('add, list and remove change the goals of a site', async () => {
    const run = terminal()
    await run('site add example.com')
    expect((await run('goal list example.com')).stdout).toContain('sluice goal add example.com')
    await run('goal add example.com Signup --event Signup')
    const signup = { name: 'Signup', event: 'Signup' }
    const bought = { name: 'Bought', page: '/thanks*' }
    expect(objectOf(await run('goal add example.com Bought --page /thanks* --json'))).toEqual({
      domain: 'example.com',
      goals: [signup, bought],
    })
    expect((await run('goal list example.com')).stdout).toBe(
      'goal    is reached by\nSignup  event          Signup\nBought  page           /thanks*\n',
    )
    expect(objectOf(await run('goal remove example.com Signup --json'))).toMatchObject({ goals: [bought] })
    expect(objectOf(await run('goal list example.com --json'))).toMatchObject({ goals: [bought] })
  })

  it.each([
    ['goal add example.com Signup', 2, 'either --event <name> or --page'],
    ['goal add example.com Signup --event a --page /b', 2, 'either --event <name> or --page'],
    ['goal add example.com Signup --page thanks', 2, 'a page that begins with /'],
    ['goal add example.com Known --event a', 1, 'There is a goal "Known" already'],
    ['goal add other.example Signup --event a', 1, 'is not registered'],
    ['goal remove example.com Signup', 1, 'has no goal "Signup"'],
  ])('%s is refused', async (typed, code, why) => {
    const run = terminal()
    await run('site add example.com')
    await run('goal add example.com Known --event Known')
    const refused = await run(typed)
    expect([refused.code, refused.stdout]).toEqual([code, ''])
    expect(refused.stderr).toContain(why)
  })
})
