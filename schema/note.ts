/** What somebody wrote about a day, shown where its numbers are. */
export interface Note {
  /** 64 random bits, hex. */
  id: string
  /** Day of the site, `2026-11-24`. */
  day: string
  /** 1 to 200 characters. */
  text: string
  /** What whoever wrote it was then. */
  role: 'owner' | 'analyst' | 'consent_officer' | 'sms_operator' | 'auditor'
}
