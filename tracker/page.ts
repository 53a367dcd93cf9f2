/** The name of the page shown now; empty where it is not measured. */
export let pageName = (): string => location.pathname

/** Names pages by another rule from now on. */
export function namePages(rule: () => string): void {
  pageName = rule
}
