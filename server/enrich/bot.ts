import { isbot } from 'isbot'

/**
 * Whether a user agent is that of a robot, crawler, monitor or script: what the package isbot lists, and what no
 * person's browser does, to send no name or that of an automation tool. A network is no proof: people browse through
 * hosting networks too.
 * @param userAgent at most 512 characters
 * @param brands `Sec-CH-UA` as sent, empty when absent
 */
export function isBotAgent(userAgent: string, brands: string): boolean {
  if (userAgent.trim() === '' || AUTOMATION.test(userAgent) || isbot(userAgent)) return true
  return brands !== '' && AUTOMATION.test(brands)
}

const AUTOMATION =
  /headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|cypress|lighthouse|node\.js|jsdom|prerender|rendertron/i
