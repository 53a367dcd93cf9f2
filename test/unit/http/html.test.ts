import { describe, expect, it } from 'vitest'
import { html } from '../../../server/http/html.ts'

describe('markup', () => {
  it('escapes whatever is no markup', () => {
    const hostile = `<script>alert("1" & '2')</script>`
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;">&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</p>',
    )
  })

  it('puts in markup and lists of it, numbers, and nothing for false and undefined', () => {
    const items = ['<', 1].map((one) => html`<b>${one}</b>`)
    const { text } = html`<p>${items}${false}${undefined}${[0, ['a', html`<i>b</i>`]]}</p>`
    expect(text).toBe('<p><b>&lt;</b><b>1</b>0a<i>b</i></p>')
  })
})
