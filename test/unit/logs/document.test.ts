import { describe, expect, it } from 'vitest'
import { kindOf } from '../../../server/logs/document.ts'

function kind(address: string, status = 200, method = 'GET'): string {
  const [path = '', query = ''] = address.split('?')
  return kindOf({ method, path, query, status })
}

describe('what a request was for', () => {
  it('R8.7 a document is a GET that was answered, without extension or with one of a page', () => {
    for (const page of [
      '/',
      '/a',
      '/a/',
      '/a.b/c',
      '/a.html',
      '/A.HTM',
      '/x.xhtml',
      '/i.php',
      '/i.asp',
      '/i.jsp',
    ]) {
      expect([page, kind(page), kind(`${page}?x=1`, 304)]).toEqual([page, 'document', 'document'])
    }
    expect(kind('/a', 206)).toBe('document')
  })

  it('files and feeds are none', () => {
    for (const file of [
      '/a.css',
      '/a/b.PNG',
      '/a.tar.gz',
      '/x.rss',
      '/x.atom',
      '/?flav=rss20',
      '/?feed',
      '/?a=1&feed=x',
      '/v1.2',
    ]) {
      expect([file, kind(file)]).toEqual([file, 'asset'])
    }
    expect(kind('/a?feedback=1')).toBe('document')
    expect(kind('/a?xfeed=1')).toBe('document')
  })

  it('errors, redirects and other methods are neither', () => {
    expect([kind('/a', 404), kind('/a.css', 404), kind('/a', 301), kind('/a', 0), kind('/a', 500)]).toEqual(
      Array.from({ length: 5 }, () => 'other'),
    )
    expect([kind('/a', 200, 'POST'), kind('/a', 200, 'HEAD'), kind('/a', 200, ''), kind('')]).toEqual(
      Array.from({ length: 4 }, () => 'other'),
    )
    expect(kind(`/${'a'.repeat(3_000)}`)).toBe('other')
  })
})
