import { describe, expect, it } from 'vitest'
import {
  OF_GUESTS,
  OF_SHARES,
  PERMISSIONS,
  roleMay,
  scopeMay,
  type Permission,
} from '../../../server/accounts/roles.ts'
import { KEY_SCOPES, ROLES } from '../../../server/store/tables.ts'
import { MAY } from './route-table.ts'

/** Whether somebody has a permission, by the words of MAY. */
const HOLDERS: Record<string, (permission: Permission) => boolean> = {
  ...Object.fromEntries(ROLES.map((role) => [role, (one: Permission) => roleMay(role, one)])),
  ...Object.fromEntries(
    KEY_SCOPES.map((scope) => [`key:${scope}`, (one: Permission) => scopeMay(scope, one)]),
  ),
  guest: (one: Permission) => OF_GUESTS.includes(one),
  share: (one: Permission) => OF_SHARES.includes(one),
}

describe('R4.4 who may do what', () => {
  it('R4.4 is what the table of routes says of every permission, for roles, keys, guests and share links', () => {
    // No route asks for it alone: everybody who is somebody sees which sites they have, and no key does.
    const expected: typeof MAY = { ...MAY, 'sites.read': [...ROLES, 'guest', 'share'] }
    for (const permission of PERMISSIONS) {
      const holders = Object.keys(HOLDERS).filter((who) => HOLDERS[who]?.(permission))
      const said = expected[permission]?.filter((who) => !who.startsWith('one:')) ?? []
      expect({ permission, holders: holders.toSorted() }).toEqual({ permission, holders: said.toSorted() })
    }
  })
})
