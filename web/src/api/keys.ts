import type { ConversationFilter } from './calls'
import type { Prospect } from './movein'

/** Every key of the query cache. */
export const keys = {
  session: ['session'] as const,
  numbers: ['numbers'] as const,
  number: (id: string) => ['numbers', id] as const,
  syncs: (number: string) => ['numbers', number, 'syncs'] as const,
  timeline: (number: string) => ['numbers', number, 'timeline'] as const,
  openSyncs: ['open-syncs'] as const,
  platform: ['platform'] as const,
  openings: ['openings'] as const,
  eligibility: (prospect: Prospect) => ['eligibility', prospect] as const,
  signup: ['signup'] as const,
  onboardings: ['onboardings'] as const,
  onboarding: (id: string) => ['onboardings', id] as const,
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
