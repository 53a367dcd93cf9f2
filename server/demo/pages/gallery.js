// Steps through the gallery without loading a new document, as many sites do: the address changes by pushState. Where
// it fails, or without this script, the links are links.

/** Puts the main part of another page in place of this one's. */
function show(address) {
  const request = new XMLHttpRequest()
  request.responseType = 'document'
  request.addEventListener('error', () => location.assign(address))
  request.addEventListener('load', () => {
    const next = request.response?.querySelector('main')
    if (!next) {
      location.assign(address)
      return
    }
    document.title = request.response.title
    document.querySelector('main').replaceWith(next)
    next.focus({ preventScroll: true })
    scrollTo(0, 0)
  })
  request.open('GET', address)
  request.send()
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-step]')
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  show(link.href)
})
addEventListener('popstate', () => show(location.href))
