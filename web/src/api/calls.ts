import { call, query } from './client'
import type { Contact, Conversation, Delivery, Message, Page, Session, WaNumber } from './types'

export type ConversationFilter = {
  q?: string
  handler?: string
  number?: string
  unread?: boolean
}

const id = encodeURIComponent

export const calls = {
  session: () => call<Session>('GET', '/v1/session'),
  signIn: (email: string, password: string) => call<Session>('POST', '/v1/session', { body: { email, password } }),
  signOut: () => call<void>('DELETE', '/v1/session'),

  numbers: () => call<Page<WaNumber>>('GET', '/v1/numbers'),

  conversations: (filter: ConversationFilter, after: string | null) =>
    call<Page<Conversation>>('GET', `/v1/conversations${query({ ...filter, after, limit: 50 })}`),
  conversation: (conversation: string) => call<Conversation>('GET', `/v1/conversations/${id(conversation)}`),
  read: (conversation: string) => call<void>('POST', `/v1/conversations/${id(conversation)}/read`),
  takeover: (conversation: string) =>
    call<Conversation>('POST', `/v1/conversations/${id(conversation)}/takeover`, { body: { until: null, reason: '' } }),
  handback: (conversation: string) => call<Conversation>('POST', `/v1/conversations/${id(conversation)}/handback`, { body: {} }),

  messages: (conversation: string, before: string | null) =>
    call<Page<Message>>('GET', `/v1/conversations/${id(conversation)}/messages${query({ before, limit: 50 })}`),
  message: (message: string) => call<Message>('GET', `/v1/messages/${id(message)}`),
  send: (conversation: string, content: unknown, key: string) =>
    call<Message>('POST', `/v1/conversations/${id(conversation)}/messages`, { body: { content, lane: 'person' }, key }),
  resolve: (message: string, verdict: 'treat_as_sent' | 'send_again', key: string) =>
    call<Message>('POST', `/v1/messages/${id(message)}/resolve`, { body: { verdict }, key }),

  contact: (contact: string) => call<Contact>('GET', `/v1/contacts/${id(contact)}`),

  deliveries: (state: string, after: string | null) =>
    call<Page<Delivery>>('GET', `/v1/deliveries${query({ state, after, limit: 50 })}`),
  delivery: (delivery: string) => call<Delivery>('GET', `/v1/deliveries/${id(delivery)}`),
}
