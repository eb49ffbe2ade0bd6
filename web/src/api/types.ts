// The shapes of the HTTP API, as the server documents them in /openapi.json.

export type Role = 'owner' | 'admin' | 'agent'

export type Session = {
  person: { id: string; name: string; email: string; role: Role; operator: boolean }
  business: { id: string; name: string }
  demo: { emulator_url: string } | null
  /** Newest journal sequence: the stream starts after it. */
  seq: string
  /** The server's time, where it says so; the demo's clock may run ahead of ours. */
  now?: string
}

export type Page<T> = { data: T[]; next: string | null }

export type Origin = 'customer' | 'phone' | 'agent' | 'bot' | 'campaign' | 'api' | 'meta_agent'

export type Status =
  | 'received'
  | 'queued'
  | 'held'
  | 'sending'
  | 'in_doubt'
  | 'needs_person'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'expired'
  | 'cancelled'

export type Direction = 'in' | 'out'

export type Handler = 'nobody' | 'bot' | 'person' | 'phone'

export type WindowState = { open: boolean; opened_at: string | null; closes_at: string | null }

export type MessageSummary = {
  id: string
  type: string
  text: string
  direction: Direction
  origin: Origin
  status: Status
  at: string
}

export type Conversation = {
  id: string
  number_id: string
  contact: { id: string; name: string; phone: string; username: string }
  window: WindowState
  handler: Handler
  handler_until: string | null
  handler_reason: string
  state: string
  assignee: { id: string; name: string } | null
  unread: number
  last_message: MessageSummary | null
  last_at: string | null
}

/** Content keeps the Cloud API's own shape, so it is read with care: see desk/content.ts. */
export type Content = { [key: string]: unknown }

export type Version = { n: number; at: string; text: string; content: Content | null }

export type MessageReaction = { emoji: string; from: 'customer' | 'business'; at: string }

/** What came with a message; url is empty until it is stored. */
export type MessageFile = {
  state: 'wanted' | 'stored' | 'gone' | 'refused' | 'removed'
  reason: string
  type: string
  name: string
  size: number
  url: string
}

export type Message = {
  id: string
  wamid: string | null
  conversation_id: string
  number_id: string
  contact_id: string
  direction: Direction
  origin: Origin
  author: { id: string; name: string } | null
  provenance: 'live' | 'history' | 'import'
  type: string
  content: Content | null
  text: string
  status: Status
  at: string
  reply_to: { wamid: string; message_id: string | null; text: string } | null
  reactions: MessageReaction[]
  edited: boolean
  revoked: boolean
  revoked_at: string | null
  versions: Version[]
  attempt: { n: number; started_at: string; outcome: string | null } | null
  file?: MessageFile | null
  failure: { code: number; title: string; fix: string } | null
  seq: string
}

export type NumberStage = string

export type WaNumber = {
  id: string
  phone_number_id: string
  waba_id: string
  display: string
  name: string
  mode: 'coexistence' | 'cloud'
  stage: NumberStage
  /** Why the number is away, and what brings it back; null while it is live. */
  away: { reason: string; who: 'owner' | 'meta' | 'phone_change' | 'unknown'; since: string; todo: string } | null
  /** Why nothing is sent until a person acts; empty if it sends. */
  stopped: string
  heartbeat: {
    last_at: string | null
    evidence: 'strong' | 'fair' | 'weak' | null
    kind: 'echo' | 'contact_change' | 'reconnect' | 'owner_confirmed' | null
    /** Reckoned from signs that cannot come from a linked computer; unknown is not well. */
    condition: 'well' | 'due' | 'at_risk' | 'overdue' | 'unknown'
    sure_at: string | null
    sure_kind: 'onboarded' | 'contact_change' | 'reconnect' | 'owner_confirmed' | null
    until: string
    limit: string
    days_left: number
    source: string
  } | null
  pace: { mps: number; source: string; from: string } | null
  history_sync: { state: string; progress: number } | null
}

export type Contact = {
  id: string
  name: string
  phone: string
  username: string
  identities: { kind: string; value: string }[]
  opted_out: boolean
  created_at: string
}

export type DeliveryState = 'kept' | 'split' | 'parked' | 'unknown'

export type Fragment = {
  business_id: string | null
  field: string
  kind: string
  state: 'applied' | 'parked' | 'conflict' | 'pending'
  reason: string
}

export type Delivery = {
  id: string
  received_at: string
  bytes: number
  state: string
  signature: string
  items: number
  unknown: number
  reason: string
  fragments: Fragment[]
  /** Raw JSON text; only when one delivery is asked for. */
  body?: string
}

/** One entry of the event stream: ids and facts, never text. */
export type Entry = {
  seq: string
  at: string
  kind: string
  number_id?: string | null
  conversation_id?: string | null
  contact_id?: string | null
  message_id?: string | null
}

/** One thing that happened to a number. */
export type Happening = {
  seq: string
  kind: string
  at: string
  known_at: string
  field: string
  event: string
  reason: string
  /** Meta's error code, 0 if none. */
  code: number
  count: number
  by: string
  by_name: string
  until: string | null
}
