/** Fills names in braces. Values are put in as they are, also where they look like another name. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (braced, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : braced,
  )
}
