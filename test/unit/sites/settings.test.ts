import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { checkSettings, checkTimezone, type SiteSettings } from '../../../server/sites/settings.ts'

describe('time zones', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['us/eastern', 'America/New_York'],
    ['GMT', 'UTC'],
  ])('%s is kept as %s', (typed, kept) => {
    expect(checkTimezone(typed)).toBe(kept)
    expect(checkTimezone(kept)).toBe(kept)
  })

  it.each(['', 'Mars/Olympus', 'CEST', '+01:00', '-05', 'Europe/Berlin ', 'Europe', '../etc/localtime'])(
    '%j is refused with examples',
    (typed) => {
      expect(() => checkTimezone(typed)).toThrow(UserError)
      expect(() => checkTimezone(typed)).toThrow(
        /is not a time zone: give an IANA name, like Europe\/Berlin or UTC\./,
      )
    },
  )
})

describe('the settings of a site', () => {
  it('takes every value at its bounds', () => {
    const settings: Partial<SiteSettings> = { preConsent: 'auto', minimumGroupScope: 'all', subdomains: true }
    for (const eventWindowDays of [2, 762])
      expect(checkSettings({ eventWindowDays })).toEqual({ eventWindowDays })
    for (const minimumGroup of [1, 100]) expect(checkSettings({ minimumGroup })).toEqual({ minimumGroup })
    expect(checkSettings(settings)).toEqual(settings)
    expect(checkSettings({ timezone: 'europe/paris' })).toEqual({ timezone: 'Europe/Paris' })
  })

  it.each<[string, object, RegExp]>([
    ['a day', { eventWindowDays: 1 }, /event window must be a whole number from 2 to 762 days/],
    ['26 months', { eventWindowDays: 763 }, /event window/],
    ['half a day', { eventWindowDays: 2.5 }, /event window/],
    ['no group', { minimumGroup: 0 }, /minimum group must be a whole number from 1 to 100 visitors/],
    ['a group of 101', { minimumGroup: 101 }, /minimum group/],
    ['no number', { minimumGroup: Number.NaN }, /minimum group/],
    [
      'another mode',
      { preConsent: 'always' },
      /"always" is not a pre-consent mode: choose none, anonymous, auto\./,
    ],
    [
      'another scope',
      { minimumGroupScope: 'far' },
      /"far" is not a minimum group scope: choose close, all\./,
    ],
  ])('refuses %s', (_, settings, sentence) => {
    expect(() => checkSettings(settings)).toThrow(sentence)
    expect(() => checkSettings(settings)).toThrow(UserError)
  })
})
