import { useEffect } from 'react'
import { calls } from '../../api/calls'
import type { Conversation } from '../../api/types'

/**
 * useReading tells the server that the conversation has been read while it is open on a page that somebody looks at.
 * The customer then sees it as read, so a page in the background reads nothing.
 */
export function useReading(conversation: Conversation | undefined): void {
  const id = conversation?.id
  const unread = conversation?.unread ?? 0
  useEffect(() => {
    if (!id || unread === 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (document.visibilityState !== 'visible' || !document.hasFocus()) return
      // If it fails it stays unread, and the next look tries again.
      timer = setTimeout(() => void calls.read(id).catch(() => undefined), 400)
    }
    look()
    document.addEventListener('visibilitychange', look)
    window.addEventListener('focus', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('focus', look)
    }
  }, [id, unread])
}
