/**
 * Whether a page's name fits one of the globs, `/account/**, /draft-*`: `*` stands for any characters within a segment
 * of the path, `**` for any characters.
 */
export function isExcluded(name: string, globs?: string): boolean {
  return (
    !!globs &&
    new RegExp(
      `^(${globs.replace(/,\s*|\*+|\W/g, (sign) =>
        sign[0] === ',' ? '|' : sign === '*' ? '[^/]*' : sign[1] ? '.*' : '\\' + sign,
      )})$`,
    ).test(name)
  )
}
