import { useState } from 'preact/hooks'
import { wordsIn } from '../../text/words.ts'
import { Choice } from '../choice.tsx'
import { POLICY_TEXT } from './text.ts'

const LAYERS = ['banner', 'dialog'] as const
const LOOKS = ['system', 'light', 'dark'] as const
const WIDTHS = ['wide', 'phone', 'narrow'] as const

/**
 * The banner of a draft, in a frame that may run scripts and nothing else: it has no origin, so neither session nor
 * storage of the dashboard is within its reach.
 */
export function BannerPreview({ address, languages }: { address: string; languages: string[] }) {
  const words = wordsIn(POLICY_TEXT)
  const [language, setLanguage] = useState(languages[0] ?? 'en')
  const [layer, setLayer] = useState<(typeof LAYERS)[number]>('banner')
  const [look, setLook] = useState<(typeof LOOKS)[number]>('system')
  const [width, setWidth] = useState<(typeof WIDTHS)[number]>('wide')
  const shown = new URLSearchParams({ language, layer, look })
  return (
    <section class="card settings-card" aria-labelledby="preview-title">
      <h2 id="preview-title">{words.preview}</h2>
      <div class="settings-choices">
        <Choice
          label={words.language}
          value={language}
          options={languages.map((tag) => [tag, tag] as const)}
          change={setLanguage}
        />
        <Choice
          label={words.layer}
          value={layer}
          options={LAYERS.map((one) => [one, words.layers[one]] as const)}
          change={setLayer}
        />
        <Choice
          label={words.look}
          value={look}
          options={LOOKS.map((one) => [one, words.looks[one]] as const)}
          change={setLook}
        />
        <Choice
          label={words.width}
          value={width}
          options={WIDTHS.map((one) => [one, words.widths[one]] as const)}
          change={setWidth}
        />
      </div>
      <iframe
        key={`${address}?${shown.toString()}`}
        class={`settings-frame settings-frame-${width} settings-look-${look}`}
        title={words.previewOf}
        sandbox="allow-scripts"
        src={`${address}?${shown.toString()}`}
      />
    </section>
  )
}
