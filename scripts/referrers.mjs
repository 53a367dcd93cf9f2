// Writes server/enrich/sources/{search,social,ai}.ts and server/collect/spam-hosts.ts from public lists of facts:
// which host belongs to which search engine, network or assistant (matomo-org/searchengine-and-social-list, CC0 1.0)
// and which domains send referrer spam (matomo-org/referrer-spam-list, public domain).
// Run it by hand on a folder with SearchEngines.yml, Socials.yml, AIAssistants.yml and spammers.txt:
//   node scripts/referrers.mjs <folder>
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node scripts/referrers.mjs <folder with the lists>')
  process.exit(2)
}
const read = (name) => readFileSync(path.join(folder, name), 'utf8').split('\n')
const root = new URL('../server/', import.meta.url)

/** The hosts under each name of a list; `urls` blocks only, where the list has several kinds of blocks. */
function parse(lines) {
  const names = new Map()
  let hosts = []
  let inUrls = true
  for (const line of lines) {
    const name = /^(\S.*):\s*$/.exec(line)?.[1]
    if (name !== undefined) {
      const key = decodeURIComponent(name.replace(/^["']|["']$/g, ''))
      hosts = names.get(key) ?? []
      names.set(key, hosts)
      inUrls = true
      continue
    }
    const block = /^ {4}(\w+):/.exec(line)?.[1]
    if (block !== undefined) inUrls = block === 'urls'
    const value = /^ +- +(\S.*)$/.exec(line)?.[1]
    if (value !== undefined && inUrls) hosts.push(hostOf(value.replace(/^["']|["']$/g, '')))
  }
  return names
}

/** Our own way to write a host: no www, no leading place holder (hosts below count anyway), apps by their name. */
function hostOf(entry) {
  const app = /^android-app:?\/\/([^/]+)/.exec(entry)?.[1]
  return (app ?? entry)
    .toLowerCase()
    .replace(/^(?:www\.|\{\}\.)/, '')
    .replace(/\/$/, '')
}

function byCode(a, b) {
  return a < b ? -1 : Number(a > b)
}

function table(constant, title, names) {
  const lines = [...names].map(([name, hosts]) => `${name}: ${[...new Set(hosts)].sort(byCode).join(' ')}`)
  return `/**
 * ${title}. Facts carried over by scripts/referrers.mjs from the public list
 * matomo-org/searchengine-and-social-list (CC0 1.0), whose names are kept. One source a line: its name and its hosts;
 * \`{}\` stands for any country's or general domain, a path for that part of a host.
 */
export const ${constant} = \`
${lines.join('\n').replaceAll('`', '')}
\`
`
}

function fill(words, width) {
  const lines = ['']
  for (const word of words) {
    if (lines.at(-1).length + word.length + 1 > width) lines.push('')
    lines[lines.length - 1] += lines.at(-1) === '' ? word : ` ${word}`
  }
  return lines.join('\n')
}

const spam = [...new Set(read('spammers.txt').map((line) => line.trim().toLowerCase()))]
  .filter((line) => line !== '')
  .sort(byCode)
writeFileSync(
  new URL('collect/spam-hosts.ts', root),
  `/**
 * Domains that send made-up visits so that somebody clicks on them in a report. Carried over by scripts/referrers.mjs
 * from the public list matomo-org/referrer-spam-list (public domain). A domain stands for itself and all below it.
 */
export const SPAM_HOSTS = \`
${fill(spam, 118)}
\`
`,
)
const search = parse(read('SearchEngines.yml'))
const social = parse(read('Socials.yml'))
const assistants = parse(read('AIAssistants.yml'))
writeFileSync(new URL('enrich/sources/search.ts', root), table('SEARCH', 'Search engines', search))
writeFileSync(new URL('enrich/sources/social.ts', root), table('SOCIAL', 'Social networks', social))
writeFileSync(new URL('enrich/sources/ai.ts', root), table('ASSISTANTS', 'AI assistants', assistants))
