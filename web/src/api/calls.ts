import { call, query } from './client'
import type { BeginOnboarding, Eligibility, Onboarding, Opening, PlatformFact, Prospect, Signup, Sync, SyncKind } from './movein'
import type { Contact, Conversation, Delivery, Happening, Message, Page, Session, WaNumber } from './types'

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
  number: (number: string) => call<WaNumber>('GET', `/v1/numbers/${id(number)}`),
  syncs: (number: string) => call<Page<Sync>>('GET', `/v1/numbers/${id(number)}/syncs`),
  retrySync: (number: string, kind: SyncKind) => call<Sync>('POST', `/v1/numbers/${id(number)}/syncs/${kind}/retry`),
  phoneSeen: (number: string) => call<void>('POST', `/v1/numbers/${id(number)}/phone-seen`),
  timeline: (number: string, after: string | null) => call<Page<Happening>>('GET', `/v1/numbers/${id(number)}/timeline${query({ after, limit: 20 })}`),
  openSyncs: () => call<Page<Sync>>('GET', '/v1/syncs'),

  platform: () => call<{ on: string; data: PlatformFact[] }>('GET', '/v1/platform'),
  eligibility: (prospect: Prospect) => call<Eligibility>('POST', '/v1/eligibility', { body: prospect }),
  openings: () => call<Page<Opening>>('GET', '/v1/eligibility/watch'),
  askOpening: (number: string) => call<Opening>('POST', '/v1/eligibility/watch', { body: { number } }),
  dropOpening: (opening: string) => call<void>('DELETE', `/v1/eligibility/watch/${id(opening)}`),
  signup: () => call<Signup>('GET', '/v1/signup'),
  onboardings: () => call<Page<Onboarding>>('GET', '/v1/onboardings'),
  onboarding: (onboarding: string) => call<Onboarding>('GET', `/v1/onboardings/${id(onboarding)}`),
  beginOnboarding: (body: BeginOnboarding) => call<Onboarding>('POST', '/v1/onboardings', { body }),
  chooseNumber: (onboarding: string, phone_number_id: string) =>
    call<Onboarding>('POST', `/v1/onboardings/${id(onboarding)}/choose`, { body: { phone_number_id } }),
  retryOnboarding: (onboarding: string, pin: string) =>
    call<Onboarding>('POST', `/v1/onboardings/${id(onboarding)}/retry`, { body: pin ? { pin } : {} }),

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
