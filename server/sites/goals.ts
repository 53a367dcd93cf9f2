import { MAX_LENGTH } from '../../schema/event.ts'
import type { Goal } from '../../schema/site.ts'
import { UserError } from '../errors.ts'

/** Most goals of a site; each is looked for in every event that a question about goals reads. */
const MAX_GOALS = 50
const MAX_NAME = 80

/** Throws UserError for the first goal that cannot be, and for a name that two have. */
export function checkGoals(goals: readonly Goal[]): void {
  if (goals.length > MAX_GOALS) {
    throw new UserError(`A site has at most ${MAX_GOALS} goals: remove one first.`)
  }
  const names = new Set<string>()
  for (const goal of goals) {
    const shown = JSON.stringify(goal.name.slice(0, MAX_NAME))
    if (!isText(goal.name, MAX_NAME)) {
      throw new UserError(
        `${shown} cannot be the name of a goal: write 1 to ${MAX_NAME} characters in one line.`,
      )
    }
    if (names.has(goal.name))
      throw new UserError(`There is a goal ${shown} already: give this one another name.`)
    names.add(goal.name)
    if ('event' in goal) checkEvent(goal.event, shown)
    else checkPage(goal.page, shown)
  }
}

function checkEvent(event: string, goal: string): void {
  if (!isText(event, MAX_LENGTH.name)) {
    throw new UserError(
      `The goal ${goal} needs the name of an event: write 1 to ${MAX_LENGTH.name} characters in one line.`,
    )
  }
}

function checkPage(page: string, goal: string): void {
  if (!isText(page, 512) || !page.startsWith('/')) {
    throw new UserError(`The goal ${goal} needs a page that begins with /, such as /thanks or /docs/**.`)
  }
}

function isText(text: string, most: number): boolean {
  return text.trim() !== '' && text.length <= most && !/\p{Cc}|\p{Cs}/u.test(text)
}
