import type { InfiniteData } from '@tanstack/react-query'
import type { ConversationFilter } from './calls'
import { compareMessages, instant, olderSeq } from './order'
import type { Conversation, Message, Page } from './types'

export type Pages<T> = InfiniteData<Page<T>, string | null>

/**
 * putMessage returns pages with the message in its place: replaced where it was,
 * inserted in order where it is new. Page 0 is the newest; inside a page the newest
 * is last. A message older than everything loaded is left for scrolling to find,
 * and one that lost a race against a newer copy of itself changes nothing.
 */
export function putMessage(pages: Pages<Message>, message: Message): Pages<Message> {
  const before = pages.pages.flatMap((page) => page.data).find((m) => m.id === message.id)
  if (before && olderSeq(message.seq, before.seq)) return pages
  const without = pages.pages.map((page) =>
    before ? { ...page, data: page.data.filter((m) => m.id !== message.id) } : page,
  )
  const last = without.length - 1
  const home = without.findIndex((page) => {
    const first = page.data[0]
    return first !== undefined && compareMessages(message, first) >= 0
  })
  if (home === -1 && !before && without[last]?.next) return pages
  const target = home === -1 ? Math.max(last, 0) : home
  const next = without.map((page, i) =>
    i === target ? { ...page, data: [...page.data, message].sort(compareMessages) } : page,
  )
  return { ...pages, pages: next }
}

/** matches answers whether a conversation belongs in a list; a search is the server's to judge. */
export function matches(conversation: Conversation, filter: ConversationFilter): boolean | 'ask' {
  if (filter.number && conversation.number_id !== filter.number) return false
  if (filter.handler && conversation.handler !== filter.handler) return false
  if (filter.unread && conversation.unread === 0) return false
  return filter.q ? 'ask' : true
}

function newestFirst(a: Conversation, b: Conversation): number {
  const left = a.last_at ? instant(a.last_at) : ''
  const right = b.last_at ? instant(b.last_at) : ''
  if (left === right) return a.id < b.id ? 1 : -1
  return left < right ? 1 : -1
}

/**
 * putConversation returns pages with the conversation moved to its place. One that
 * no longer fits the list stays where it is, changed: rows do not vanish
 * from under the hand; only one that belongs is added.
 */
export function putConversation(pages: Pages<Conversation>, conversation: Conversation, belongs: boolean): Pages<Conversation> {
  const all = pages.pages.flatMap((page) => page.data)
  const present = all.some((c) => c.id === conversation.id)
  if (!present && !belongs) return pages
  const sorted = [...all.filter((c) => c.id !== conversation.id), conversation].sort(newestFirst)
  const end = pages.pages.at(-1)
  // Beyond the loaded end the server holds rows that would come first.
  if (!present && end?.next && sorted.at(-1)?.id === conversation.id) return pages
  let from = 0
  const sizes = pages.pages.map((page, i) => page.data.length + (i === 0 && !present ? 1 : 0))
  const next = pages.pages.map((page, i) => {
    const size = sizes[i] ?? 0
    const data = sorted.slice(from, from + size)
    from += size
    return { ...page, data }
  })
  return { ...pages, pages: next }
}
