import { assert, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { isExcluded } from '../../../tracker/routes.ts'

it.each([
  ['/account/**', '/account/', true],
  ['/account/**', '/account/a/b', true],
  ['/account/**', '/account', false],
  ['/account*', '/account', true],
  ['/account*', '/accounts', true],
  ['/account*', '/account/a', false],
  ['/*/edit', '/a/edit', true],
  ['/*/edit', '/a/b/edit', false],
  ['/**/edit', '/a/b/edit', true],
  ['/a,/b', '/a', true],
  ['/a,/b', '/b', true],
  ['/a,/b', '/a,/b', false],
  ['/a,  /b', '/b', true],
  ['/a', '/a/', false],
  ['/a.html', '/a.html', true],
  ['/a.html', '/axhtml', false],
  ['/c++(new)[1]{2}^$|?', '/c++(new)[1]{2}^$|?', true],
  ['/app#/secret/**', '/app#/secret/1', true],
  ['/app#/secret/**', '/app#/open', false],
  ['/caf%C3%A9', '/caf%C3%A9', true],
])('%s on %s is %s', (globs, name, expected) => {
  expect(isExcluded(name, globs)).toBe(expected)
})

it('excludes nothing without globs', () => {
  expect(isExcluded('/a')).toBe(false)
  expect(isExcluded('/a', '')).toBe(false)
})

it('takes every character but * and , for itself', () => {
  const path = string({ unit: 'binary-ascii', minLength: 1 }).map((text) => `/${text.replace(/[*,]/g, '')}`)
  assert(
    property(path, path, (glob, name) => {
      expect(isExcluded(glob, glob)).toBe(true)
      expect(isExcluded(name, glob)).toBe(name === glob)
    }),
  )
})
