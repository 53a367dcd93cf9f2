let loading: Promise<void> | undefined

/** Loads the style from beside this module; resolves when it is in force, so that nothing is ever seen without it. */
export function loadStyle(): Promise<void> {
  return (loading ??= new Promise((resolve, reject) => {
    const sheet = document.createElement('link')
    sheet.rel = 'stylesheet'
    sheet.href = new URL('sluice-ui.css', import.meta.url).href
    sheet.addEventListener('load', () => resolve())
    sheet.addEventListener('error', () => {
      loading = undefined
      sheet.remove()
      reject(new Error('The style of the consent banner cannot be had.'))
    })
    document.head.append(sheet)
  }))
}
