import { useRef, useState } from 'preact/hooks'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'

/** For a site that has had no page view yet: the one line that changes this, and what could keep a test from counting. */
export function Welcome({ site }: { site: SiteEntry }) {
  const { text, announce } = useSurroundings()
  const line = useRef<HTMLTextAreaElement>(null)
  const [isCopied, setCopied] = useState(false)
  const tag = `<script defer src="${new URL('sluice.js', document.baseURI).href}" data-site="${site.domain}"></script>`

  async function copy() {
    line.current?.select()
    try {
      // Only there on https and on localhost; elsewhere the line is selected, ready for the reader's own keys.
      await navigator.clipboard.writeText(tag)
      setCopied(true)
      announce(text.welcome.copied)
    } catch {
      setCopied(false)
    }
  }

  return (
    <section class="card plain-card welcome">
      <h2>{fill(text.welcome.title, { site: site.domain })}</h2>
      <p>{text.welcome.how}</p>
      <div class="tag">
        <textarea
          ref={line}
          class="tag-line"
          rows={3}
          readOnly
          spellcheck={false}
          aria-label={text.welcome.tag}
          value={tag}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="button" onClick={() => void copy()}>
          {isCopied ? text.welcome.copied : text.welcome.copy}
        </button>
      </div>
      {site.preConsent === 'none' && <p>{text.welcome.consent}</p>}
      <p class="quiet">{fill(text.welcome.own, { site: site.domain })}</p>
    </section>
  )
}
