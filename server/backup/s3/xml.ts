/**
 * As much XML as storage answers with: elements without attributes that matter, whose names occur on one level only.
 */

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** What stands within each element of a name, as it was written. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, 'g'))].map(
    ([, inner = '']) => inner,
  )
}

/** The text of the first element of a name; undefined where there is none. */
export function textOf(xml: string, name: string): string | undefined {
  return elements(xml, name)[0]?.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, readEntity)
}

function readEntity(entity: string, decimal?: string, hex?: string, name = ''): string {
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  if (Number.isNaN(point)) return ENTITIES[name] ?? entity
  return point <= 0x10_ff_ff ? String.fromCodePoint(point) : entity
}
