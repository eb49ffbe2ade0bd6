import { useEffect, useEffectEvent } from 'react'

type Actions = { next: () => void; previous: () => void; reply: () => void; search: () => void }

// Matched by the place of the key, so that they work on an Arabic keyboard as well.
const byCode: Record<string, keyof Actions> = {
  KeyJ: 'next',
  KeyK: 'previous',
  KeyL: 'reply',
  KeyS: 'search',
}

/** useShortcuts listens for Alt with a letter, wherever the focus is. */
export function useShortcuts(actions: Actions): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const action = byCode[event.code]
    if (!action) return
    event.preventDefault()
    actions[action]()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
