/** What is to be said of a manifest. One that is refused in any point does not load; a warning is only told. */
export interface Finding {
  kind: 'refused' | 'warning'
  /** Where in the manifest, `services[2].items[0].name`. */
  place: string
  /** One sentence: what is wrong and what to do. */
  sentence: string
}

export function refused(place: string, sentence: string): Finding {
  return { kind: 'refused', place, sentence }
}

export function warning(place: string, sentence: string): Finding {
  return { kind: 'warning', place, sentence }
}

/** `services[2].hosts[0]: …`. */
export function describeFinding({ place, sentence }: Finding): string {
  return `${place}: ${sentence}`
}
