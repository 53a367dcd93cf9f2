// oxlint-disable-next-line no-restricted-imports -- the one file that is for React, a peer of whoever imports it
import { useEffect, useState } from 'react'
import { CONSENT_EVENT, type ConsentDetail } from '../schema/consent.ts'
import { feedback, openChoices, pageview, ready, track } from './client.ts'

export interface SluiceProps {
  /** The site's domain, as registered. */
  site: string
  /** Address of the script, `https://stats.example.com/sluice.js`. */
  src: string
  /** What is measured without a word of the page; default: all but clicks. See docs/tracker.md, `data-events`. */
  events?: string
  /** Globs of pages that are not measured, with commas between. */
  exclude?: string
  /** The part after `#` names the page. */
  hash?: boolean
  /** Only views that the page asks for are counted. */
  manual?: boolean
  /** Of the page's content policy. */
  nonce?: string
}

/** Puts the script tag on the page, once, whatever is rendered how often; renders nothing. It stays: a page is measured as a whole. */
export function Sluice({ site, src, events, exclude, hash, manual, nonce }: SluiceProps): null {
  useEffect(() => {
    if (document.querySelector('script[data-site]')) return
    const script = document.createElement('script')
    script.src = src
    if (nonce) script.nonce = nonce
    const attributes = { site, events, exclude, hash: hash ? '' : undefined, manual: manual ? '' : undefined }
    for (const [name, value] of Object.entries(attributes))
      if (value !== undefined) script.dataset[name] = value
    document.head.append(script)
    // What is on the tag when it is put there counts.
    // oxlint-disable-next-line exhaustive-deps
  }, [])
  return null
}

/** The calls of `sluice/tracker`, and the visitor's choice; undefined until it is known. */
export function useSluice(): {
  track: typeof track
  feedback: typeof feedback
  pageview: typeof pageview
  openChoices: typeof openChoices
  choice: ConsentDetail | undefined
} {
  const [choice, setChoice] = useState<ConsentDetail>()
  useEffect(() => {
    let isHere = true
    const hear = (event: Event): void => setChoice((event as CustomEvent<ConsentDetail>).detail)
    addEventListener(CONSENT_EVENT, hear)
    void ready().then(({ consent }) => isHere && setChoice(consent.get()))
    return () => {
      isHere = false
      removeEventListener(CONSENT_EVENT, hear)
    }
  }, [])
  return { track, feedback, pageview, openChoices, choice }
}
