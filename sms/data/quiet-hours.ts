/** Minutes of the local day from which and up to which somebody may be texted, `[480, 1200]` for 8:00 to 20:00. */
export type Open = readonly [from: number, to: number]

/** Hours that a law or a regulator sets. */
export interface HoursRule {
  /** States or provinces; a country means all of its. */
  readonly in: readonly string[]
  readonly weekdays: Open
  readonly saturday: Open
  readonly sunday: Open
  /** At most so many to one number about one subject within 24 hours. */
  readonly mostIn24Hours?: number
  readonly source: string
  /** `text`: the rule itself was read. `secondary`: a vendor's page about it was; whoever relies on it asks a lawyer. */
  readonly read: 'text' | 'secondary'
}

/** As of this day. */
export const HOURS_AS_OF = '2026-11-24'

const h = (from: number, to: number): Open => [from * 60, to * 60]

/**
 * When nobody may be texted, by the place they are at. Where several rules hold the narrowest does. That the federal one
 * holds for messages with consent is disputed; it is kept all the same.
 */
export const HOURS_RULES: readonly HoursRule[] = [
  {
    in: ['US'],
    weekdays: h(8, 21),
    saturday: h(8, 21),
    sunday: h(8, 21),
    source: '47 CFR 64.1200(c)(1): 8 a.m. to 9 p.m. at the called party’s location',
    read: 'secondary',
  },
  {
    in: ['FL', 'OK', 'MD'],
    weekdays: h(8, 20),
    saturday: h(8, 20),
    sunday: h(8, 20),
    mostIn24Hours: 3,
    source:
      'Fla. Stat. 501.059; Okla. Stat. tit. 15, 775C.1 and following; Md. Com. Law 14-4501 and following',
    read: 'secondary',
  },
  {
    in: ['MS', 'NJ'],
    weekdays: h(8, 20),
    saturday: h(8, 20),
    sunday: h(8, 20),
    source: 'Quiet-hours tables of messaging vendors for Mississippi and New Jersey',
    read: 'secondary',
  },
  {
    in: ['CT'],
    weekdays: h(9, 20),
    saturday: h(9, 20),
    sunday: h(9, 20),
    source: 'Conn. Gen. Stat. 42-288a',
    read: 'secondary',
  },
  {
    in: ['RI'],
    weekdays: h(9, 18),
    saturday: h(10, 17),
    sunday: h(10, 17),
    source: 'R.I. Gen. Laws 5-61-3.6',
    read: 'secondary',
  },
  {
    in: ['TX'],
    weekdays: h(9, 21),
    saturday: h(9, 21),
    sunday: h(12, 21),
    source: 'Tex. Bus. & Com. Code 301.051',
    read: 'secondary',
  },
  {
    in: ['CA-ALL'],
    weekdays: h(9, 21.5),
    saturday: h(10, 18),
    sunday: h(10, 18),
    source: 'CRTC Unsolicited Telecommunications Rules, Part III, 23',
    read: 'secondary',
  },
]
