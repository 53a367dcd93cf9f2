// The banner of a manifest on a page of nobody's. What the banner asks of the tracker is played here: it makes no
// request, writes nothing down and forgets.
import { show } from './sluice-ui.js'

// In a frame without an origin there are neither, and asking for them throws. What is chosen here is forgotten.
for (const [owner, name, value] of [
  [document, 'cookie', ''],
  [window, 'localStorage', undefined],
]) {
  Object.defineProperty(owner, name, { get: () => value, set() {} })
}

const asked = new URLSearchParams(location.search)
const { site } = document.querySelector('script[data-site]').dataset
const gpc = asked.get('gpc') === 'on'
const layer = asked.get('layer') === 'dialog' ? 'dialog' : 'banner'
const optional = ['performance', 'functionality', 'targeting']
const collector = new URL('./', location.href).href

const said = document.querySelector('#said')
function say(text) {
  said.textContent = text
  said.nextElementSibling.hidden = false
}

const answer = await fetch(`s/${site}/notice.json${location.search}`)
const notice = await answer.json()
let decided = false

function choose(granted) {
  decided = true
  dispatchEvent(new CustomEvent('sluice:consent', { detail: consent.get() }))
  const titles = optional
    .filter((name) => granted === 'all' || granted.includes(name))
    .map((name) => notice.texts.categories[name].title)
  say(`A visitor would have allowed ${titles.join(', ') || 'nothing'}. Nothing was recorded.`)
}

/** As the tracker's, before anything is granted. */
const consent = {
  get: () => ({ granted: ['essential'], denied: optional, decided, gpc }),
  accept: choose,
  rejectAll: () => choose([]),
  object: () => choose([]),
  withdraw: () => choose([]),
  open: () => show('dialog', notice, collector),
  receipt: () => Promise.resolve(),
}
window.sluice = { consent }

if (!answer.ok) say(notice.error)
else if (layer === 'banner' && gpc && notice.gpc === 'all') {
  say('Nobody is asked who sends the signal: this manifest takes it for a refusal of everything.')
} else await show(layer, notice, collector)
