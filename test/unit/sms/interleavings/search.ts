import { LARGE, mixed, SMALL } from './scenarios.ts'
import { sceneInMemory } from './stage.ts'
import { explore, seeded, steerByChance } from './steer.ts'

/**
 * A part of the long search of `npm run sms:interleavings` (scripts/sms-interleavings.mjs), as a process of its own:
 * `search <root of the project> scenes` names all scenes, `… scene <which>` plays every order of one, `… chance <orders>
 * <first seed>` plays as many that chance picks. Prints JSON; fails at the first order that leads to what must not happen,
 * and tells it.
 */
const [root = '', what = '', ...numbers] = process.argv.slice(2)
const [one = 0, other = 1] = numbers.map(Number)
const scenes = [...SMALL, ...LARGE]

if (what === 'scenes') print(scenes.map(({ name }) => name))
else if (what === 'scene') print(await everyOrder(one))
else print(await byChance(one, other))

async function everyOrder(which: number): Promise<object> {
  const scenario = scenes[which]
  if (!scenario) throw new Error('no such scene')
  const scene = await sceneInMemory(root, scenario)
  const explored = await explore(async (steer) => {
    const told = await scene.play(steer)
    if (told && told.faults.length > 0) throw new Error(`${scenario.name}: ${told.faults.join(', ')}`)
  })
  return { ...explored, orders: String(explored.orders) }
}

async function byChance(orders: number, first: number): Promise<object> {
  const sum = { orders: 0, received: 0, crashed: 0, inFlight: 0 }
  for (let seed = first; seed < first + orders; seed++) {
    const next = seeded(seed)
    const scene = await sceneInMemory(root, mixed(next))
    const told = await scene.play(steerByChance(next))
    if (!told || told.faults.length > 0) throw new Error(`seed ${seed}: ${told?.faults.join(', ')}`)
    sum.orders++
    sum.received += told.received
    sum.crashed += told.crashed
    sum.inFlight += told.inFlight
  }
  return sum
}

function print(told: object): void {
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
