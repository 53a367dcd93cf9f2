/** Names of the cookies that the page can see; one that stands twice is named twice. */
export function cookieNames(): string[] {
  return document.cookie.split('; ').map((pair) => pair.slice(0, Math.max(pair.indexOf('='), 0)))
}

/**
 * A cookie goes when it is expired under the path, domain and attributes that it was set with, which no page can read:
 * so under all of them. Not in reach: other branches of the path, and cookies that no script can see.
 */
export function expireCookie(name: string): void {
  const labels = location.hostname.split('.')
  const domains = ['', ...labels.map((_, rank) => `; domain=${labels.slice(rank).join('.')}`)]
  const steps = location.pathname.split('/').slice(1)
  const paths = steps.flatMap((_, rank) => {
    const path = `/${steps.slice(0, rank).join('/')}`
    return rank ? [path, `${path}/`] : [path]
  })
  paths.push(location.pathname)
  for (const domain of domains) {
    for (const path of paths) {
      // Names with the prefix __Host- or __Secure- need Secure, and a partitioned cookie is one of its own.
      for (const more of ['', '; secure', '; secure; samesite=none; partitioned']) {
        document.cookie = `${name}=; max-age=0; path=${path}${domain}${more}`
      }
    }
  }
}
