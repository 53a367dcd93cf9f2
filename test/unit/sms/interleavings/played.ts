import { SMALL } from './scenarios.ts'
import { sceneInMemory } from './stage.ts'
import { explore } from './steer.ts'

class Found extends Error {}

/**
 * Plays the orders of a small scene until one leads to what must not happen, and tells it; undefined: none does.
 * @param name of the scene
 */
export async function firstFault(projectRoot: string, name: string): Promise<string | undefined> {
  const scenario = SMALL.find((one) => one.name === name)
  if (!scenario) throw new Error(`there is no scene ${JSON.stringify(name)}`)
  const scene = await sceneInMemory(projectRoot, scenario)
  try {
    await explore(async (steer) => {
      const [fault] = (await scene.play(steer))?.faults ?? []
      if (fault !== undefined) throw new Found(fault)
    })
  } catch (error) {
    if (error instanceof Found) return error.message
    throw error
  }
  return undefined
}
