/** An element with properties, attributes (names with a hyphen, `role`, `lang`) and content. Texts stay texts. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content)
  return made
}

/** A button that does something. */
export function button(className: string, label: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: className }, label)
  made.addEventListener('click', act)
  return made
}

/** A link that opens beside the page, so that nobody loses what they were doing over a choice. */
export function link(label: string, href: string): HTMLAnchorElement {
  return element('a', { href, target: '_blank', rel: 'noopener' }, label)
}
