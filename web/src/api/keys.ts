import type { ConversationFilter } from './calls'

/** Every key of the query cache. */
export const keys = {
  session: ['session'] as const,
  numbers: ['numbers'] as const,
  lists: ['conversations'] as const,
  list: (filter: ConversationFilter) => ['conversations', filter] as const,
  conversation: (id: string) => ['conversation', id] as const,
  messages: (conversation: string) => ['messages', conversation] as const,
  contact: (id: string) => ['contact', id] as const,
  deliveries: (state: string) => ['deliveries', state] as const,
  delivery: (id: string) => ['delivery', id] as const,
  stream: ['stream'] as const,
  unsent: (conversation: string) => ['unsent', conversation] as const,
}
