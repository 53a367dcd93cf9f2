/** The dashboard's contents page: languages, client, first render. */
import { render } from 'preact'
import { createApi } from './api.ts'
import { createFormat } from './format.ts'
import { chooseLanguage } from './text/text.ts'
import { App } from './views/app.tsx'

const language = chooseLanguage(navigator.languages)
document.documentElement.lang = language.words

const root = document.getElementById('app')
if (root) {
  const api = createApi(new URL('.', document.baseURI), (...request) => fetch(...request))
  render(<App api={api} text={language.text} format={createFormat(language)} />, root)
}
