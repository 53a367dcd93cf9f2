/**
 * Second levels under which names are given to anybody, from the Public Suffix List (https://publicsuffix.org): those
 * of countries that have them, and of hosts for everybody's pages. NOTE: not the whole list; the browser knows that,
 * and keeps no cookie for one that is missing here.
 */
const SECOND_LEVELS: Readonly<Record<string, string>> = {
  ae: 'co net org',
  ar: 'com net org',
  at: 'ac co gv or',
  au: 'asn com edu gov id net org',
  br: 'blog com gov net org',
  cn: 'ac com edu gov net org',
  co: 'com edu net org',
  eg: 'com edu gov net org',
  es: 'com edu gob nom org',
  fr: 'asso com gouv nom',
  gr: 'com edu gov net org',
  hk: 'com edu gov net org',
  hu: 'co info org',
  id: 'ac co go or web',
  il: 'ac co gov net org',
  in: 'ac co firm gen gov ind net org',
  jp: 'ac ad co ed go gr lg ne or',
  ke: 'ac co go or',
  kr: 'ac co go ne or pe re',
  ma: 'co net org',
  mx: 'com edu gob net org',
  my: 'com edu gov net org',
  ng: 'com edu gov net org',
  nz: 'ac co geek gen govt iwi kiwi maori net org school',
  pe: 'com edu gob net org',
  ph: 'com edu gov net org',
  pk: 'com edu gov net org',
  pl: 'com edu gov info net org waw',
  pt: 'com edu gov org',
  ro: 'com info org',
  sa: 'com edu gov net org',
  sg: 'com edu gov net org',
  th: 'ac co go in or',
  tr: 'av bel com edu gen gov k12 net org web',
  tw: 'com edu gov idv net org',
  ua: 'com edu gov kiev lviv net odessa org',
  uk: 'ac co gov ltd me net nhs org plc police sch',
  ve: 'co com net org web',
  vn: 'com edu gov net org',
  za: 'ac co gov law net nom org web',
}

const HOSTS_FOR_ALL = [
  'azurewebsites.net',
  'blogspot.com',
  'cloudfront.net',
  'firebaseapp.com',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'glitch.me',
  'herokuapp.com',
  'myshopify.com',
  'netlify.app',
  'onrender.com',
  'pages.dev',
  'surge.sh',
  'vercel.app',
  'web.app',
  'wixsite.com',
  'wordpress.com',
  'workers.dev',
]

/** Whether names below a domain belong to different people. One label alone always is. */
export function isPublicSuffix(domain: string): boolean {
  const labels = domain.split('.')
  if (labels.length < 2 || HOSTS_FOR_ALL.includes(domain)) return true
  const [second = '', top = ''] = labels.slice(-2)
  return labels.length === 2 && Object.hasOwn(SECOND_LEVELS, top) && listed(top).includes(second)
}

function listed(top: string): string[] {
  return SECOND_LEVELS[top]?.split(' ') ?? []
}
