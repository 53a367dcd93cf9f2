import { useRef } from 'preact/hooks'

export interface TabsProps<T extends string> {
  /** Name of the panel; its body has the id `<panel>-panel`. */
  panel: string
  tabs: readonly (readonly [tab: T, text: string])[]
  chosen: T
  choose: (tab: T) => void
}

/** One stop for the Tab key; arrows move, Enter or Space chooses, so that passing by loads nothing. */
export function Tabs<T extends string>({ panel, tabs, chosen, choose }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null)

  function press(event: KeyboardEvent) {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = buttons.findIndex((button) => button === document.activeElement)
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: buttons.length - 1,
    }
    const target = moves[event.key]
    if (target === undefined) return
    event.preventDefault()
    buttons.at(target % buttons.length)?.focus()
  }

  return (
    <div ref={list} class="tabs" role="tablist" aria-labelledby={`${panel}-title`} onKeyDown={press}>
      {tabs.map(([tab, name]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`${panel}-${tab}`}
          class="tab"
          aria-selected={tab === chosen}
          aria-controls={`${panel}-panel`}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => choose(tab)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
