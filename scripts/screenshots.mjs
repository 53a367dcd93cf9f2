// Pictures of every view of the dashboard, from a running server:
//   npm run build && npx sluice demo        prints a one-time link to look
//   node scripts/screenshots.mjs '<link>'   docs/images/<view>-{light,dark}-{320,1440}.png
// A second argument names another folder, a third one a single view, such as funnels. Colours come in both schemes,
// widths are those of a phone and of a desk.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureBrowser } from './ensure-browser.mjs'

const WIDTHS = [320, 1440]
const SCHEMES = ['light', 'dark']

/** A bare Linux shows the system's font as DejaVu Sans, wider than what readers have; this one is closer. */
const FONT = "'Liberation Sans', system-ui, sans-serif"

/** What a view's address says beside its name, so that there is something to see. */
const SEARCHES = {
  dashboard: '?period=7d',
  funnels: '?show=funnels&period=7d&step=page:/demo/&step=page:/demo/pricing&by=device',
  journeys: '?show=journeys',
  details: '?show=details&of=page',
}

/** The views that the navigation names, by the word that stands for them in the address, and those it does not. */
async function viewsOf(page) {
  const links = page.getByRole('navigation', { name: 'Views' }).locator('a')
  const addresses = await links.evaluateAll((all) => all.map(({ search }) => search))
  const named = addresses.flatMap((search) => new URLSearchParams(search).get('show') ?? [])
  return ['dashboard', ...named, 'details']
}

export async function takeScreenshots(link, outDir, only) {
  const browser = await chromium.launch({
    executablePath: ensureBrowser(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage({ locale: 'en-GB', reducedMotion: 'reduce' })
    await page.goto(link)
    // The page itself uses the link up, which takes a moment.
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    // One session for all pictures: the link works once.
    const address = new URL('.', page.url()).href
    mkdirSync(outDir, { recursive: true })
    const views = await viewsOf(page)
    for (const view of only === undefined ? views : [only]) {
      for (const colorScheme of SCHEMES) {
        for (const width of WIDTHS) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 900 })
          await page.goto(address + (SEARCHES[view] ?? `?show=${view}`))
          await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
          await page.waitForLoadState('networkidle')
          await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
          await page.evaluate(
            (font) => document.documentElement.style.setProperty('--sluice-font', font),
            FONT,
          )
          const file = path.join(outDir, `${view}-${colorScheme}-${width}.png`)
          await page.screenshot({ path: file, fullPage: true })
          process.stderr.write(`${file}\n`)
        }
      }
    }
  } finally {
    await browser.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [link, outDir = fileURLToPath(new URL('../docs/images', import.meta.url)), only] =
    process.argv.slice(2)
  if (!link) {
    process.stderr.write('Give the address of a running server, best the one-time link that it printed.\n')
    process.exitCode = 2
  } else await takeScreenshots(link, outDir, only)
}
