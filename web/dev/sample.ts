import type { Contact, Conversation, Message, Origin, Status, WaNumber } from '../src/api/types'

export const people = { me: { id: 'per_1', name: 'Lina Haddad' }, sara: { id: 'per_2', name: 'سارة' }, bot: { id: 'bot_1', name: 'Orders' } }

export const numbers: WaNumber[] = [
  {
    id: 'num_1',
    phone_number_id: '106540352242922',
    waba_id: '102290129340398',
    display: '+966 55 010 2030',
    name: 'دار النخيل',
    mode: 'coexistence',
    stage: 'live',
    away: null,
    stopped: '',
    heartbeat: {
    last_at: new Date(Date.now() - 3 * 3_600_000).toISOString(), evidence: 'weak', kind: 'echo',
    condition: 'well', sure_at: new Date(Date.now() - 2 * 86_400_000).toISOString(), sure_kind: 'contact_change', until: new Date(Date.now() + 11 * 86_400_000).toISOString(),
    limit: new Date(Date.now() + 12 * 86_400_000).toISOString(), days_left: 11, source: 'sample',
  },
    pace: { mps: 20, source: 'Meta, throughput', from: '2025-11-21' },
    history_sync: { state: 'running', progress: 55 },
  },
  {
    id: 'num_2',
    phone_number_id: '106540352242923',
    waba_id: '102290129340398',
    display: '+971 50 555 0101',
    name: 'Dar Al Nakheel Dubai',
    mode: 'cloud',
    stage: 'suspended',
    away: { reason: 'ACCOUNT_OFFBOARDED', who: 'phone_change', since: new Date(Date.now() - 3_600_000).toISOString(), todo: 'finish_on_phone' },
    stopped: '',
    heartbeat: null,
    pace: { mps: 80, source: 'Meta, throughput', from: '2025-11-21' },
    history_sync: null,
  },
]

const names = [
  'أحمد المنصوري',
  'Fatima Al Zahra',
  'نورة بنت عبد العزيز',
  'James O’Connor',
  'محمد علي',
  'Priya Raman',
  'ليلى حسن',
  'Omar Haddad',
  'عبد الرحمن السالم',
  'Sofia Martins',
  'هند',
  '',
  'Khalid & Sons Trading',
  'مريم يوسف',
  'Tom Becker',
  'سلطان العتيبي',
]

const talk = [
  ['مرحبًا، هل طلبي رقم #4521 جاهز؟', 'نعم، سيصل اليوم بين 4:00 و 6:00 مساءً.'],
  ['Hi! Do you ship to Jeddah?', 'Yes, two working days. Free above 200 SAR.'],
  ['كم سعر علبة التمر المجدول 1 كجم؟', 'السعر 85 ريالًا، ومع الضريبة 97.75.'],
  ['Can I change the delivery address to King Fahd Rd. 12?', 'Done. See https://example.com/orders/4521.'],
  ['شكرًا جزيلًا 🙏', '👍'],
  ['The invoice number is INV-2026/113, please check (فاتورة).', 'We have found it, one moment.'],
]

let serial = 1000
export const nextId = (prefix: string): string => `${prefix}_${(serial++).toString(36).padStart(6, '0')}`

type Said = Partial<Omit<Message, 'at'>> & { at: number; origin: Origin; text: string }

/** message fills in what a sample leaves out. */
export function message(conversation: Pick<Conversation, 'id' | 'number_id' | 'contact'>, said: Said): Message {
  const { at, ...rest } = said
  const incoming = said.origin === 'customer'
  const id = nextId('msg')
  const time = new Date(at).toISOString()
  const status: Status = incoming ? 'received' : 'read'
  return {
    id,
    wamid: `wamid.${id}`,
    conversation_id: conversation.id,
    number_id: conversation.number_id,
    contact_id: conversation.contact.id,
    direction: incoming ? 'in' : 'out',
    author: null,
    provenance: 'live',
    type: 'text',
    content: { type: 'text', text: { body: said.text } },
    status,
    reply_to: null,
    reactions: [],
    edited: false,
    revoked: false,
    revoked_at: null,
    versions: [{ n: 1, at: time, text: said.text, content: null }],
    attempt: null,
    failure: null,
    seq: '1',
    ...rest,
    at: time,
  }
}

export type Sample = { contacts: Contact[]; conversations: Conversation[]; messages: Map<string, Message[]> }

const minute = 60_000
const hour = 60 * minute

export function sample(): Sample {
  const contacts: Contact[] = []
  const conversations: Conversation[] = []
  const messages = new Map<string, Message[]>()
  for (let i = 0; i < 160; i++) {
    const name = names[i % names.length] ?? ''
    const phone = i === 11 ? '' : `+96650${String(1_000_000 + i * 7919).slice(-7)}`
    const contact: Contact = {
      id: `cnt_${i}`,
      name: i < names.length || name === '' ? name : `${name} ${i}`,
      phone,
      username: i === 11 ? 'desert.rose' : '',
      identities: [{ kind: 'phone', value: phone }],
      opted_out: i === 5,
      created_at: new Date(Date.now() - (i + 3) * 24 * hour).toISOString(),
    }
    contacts.push(contact)
    const conversation = emptyConversation(i, contact)
    conversations.push(conversation)
    messages.set(conversation.id, i === 0 ? rich(conversation) : plain(conversation, i))
    settle(conversation, messages.get(conversation.id) ?? [])
  }
  return { contacts, conversations, messages }
}

function emptyConversation(i: number, contact: Contact): Conversation {
  const handlers = ['person', 'bot', 'phone', 'nobody'] as const
  const handler = handlers[i % 4] ?? 'nobody'
  return {
    id: `con_${i}`,
    number_id: i % 7 === 3 ? 'num_2' : 'num_1',
    contact: { id: contact.id, name: contact.name, phone: contact.phone, username: contact.username },
    window: { open: false, opened_at: null, closes_at: null },
    handler,
    handler_until: handler === 'phone' ? new Date(Date.now() + 52 * minute).toISOString() : null,
    handler_reason: handler === 'phone' ? 'phone reply' : '',
    state: 'open',
    assignee: null,
    unread: i % 5 === 1 ? (i % 4) + 1 : 0,
    last_message: null,
    last_at: null,
  }
}

/** settle makes a conversation's summary and window follow from its messages, as the server does. */
export function settle(conversation: Conversation, list: Message[]): void {
  const last = list.at(-1)
  if (!last) return
  const { id, type, text, direction, origin, status, at } = last
  conversation.last_message = { id, type, text, direction, origin, status, at }
  conversation.last_at = at
  const theirs = list.findLast((m) => m.direction === 'in' && m.provenance === 'live')
  if (!theirs) return
  const closes = Date.parse(theirs.at) + 24 * hour
  conversation.window = { open: closes > Date.now(), opened_at: theirs.at, closes_at: new Date(closes).toISOString() }
}

function plain(conversation: Conversation, i: number): Message[] {
  const end = Date.now() - i * i * 9 * minute
  const list: Message[] = []
  const origins: Origin[] = ['agent', 'phone', 'bot', 'campaign', 'api', 'meta_agent']
  const count = i === 1 ? 240 : 4 + (i % 9)
  for (let k = count; k > 0; k--) {
    const [ask = '', answer = ''] = talk[(i + k) % talk.length] ?? []
    const theirs = (k + i) % 2 === 0
    const origin = theirs ? 'customer' : (origins[(i + k) % origins.length] ?? 'phone')
    const author = origin === 'agent' ? people.me : origin === 'bot' ? people.bot : null
    list.push(message(conversation, { at: end - k * 11 * minute, origin, text: theirs ? ask : answer, author }))
  }
  return list
}

/** rich is a conversation in which everything happens that the screens can show. */
function rich(conversation: Conversation): Message[] {
  const now = Date.now()
  const say = (ago: number, origin: Origin, text: string, more: Partial<Omit<Message, 'at'>> = {}) =>
    message(conversation, { at: now - ago, origin, text, ...more })
  const media = (type: string, content: unknown, text = '') => ({ type, content: { type, [type]: content }, text })
  const day = 24 * hour
  const asked = say(3 * hour, 'customer', 'هل الطلب رقم *4521* جاهز؟ رابط التتبع: https://example.com/t/4521?lang=ar', {
    reactions: [{ emoji: '👍', from: 'business', at: new Date().toISOString() }],
  })
  const history = { provenance: 'history' as const }
  const editedAt = (ago: number) => new Date(now - ago).toISOString()
  return [
    say(40 * day, 'customer', 'السلام عليكم، متى تفتحون؟', history),
    say(40 * day - minute, 'phone', 'وعليكم السلام، من التاسعة صباحًا حتى العاشرة مساءً.', history),
    say(40 * day - 5 * minute, 'customer', '', { ...history, ...media('media_placeholder', {}) }),
    say(2 * day, 'campaign', 'خصم 20٪ على تمور المدينة حتى الخميس.', { type: 'template', author: { id: 'cmp_1', name: 'November' } }),
    say(2 * day - hour, 'customer', 'Nice! Is it valid in Dubai too?'),
    say(2 * day - hour - minute, 'bot', 'Yes, in all our branches. Would you like to order?', { author: people.bot }),
    say(2 * day - 2 * hour, 'customer', 'نعم', media('interactive', { type: 'button_reply', button_reply: { id: '1', title: 'نعم، أريد الطلب' } })),
    say(2 * day - 2 * hour - minute, 'api', 'Order 4521 was created.', { author: { id: 'key_1', name: 'Shop' } }),
    asked,
    say(3 * hour - 2 * minute, 'phone', 'لحظة من فضلك، أتأكد من المستودع.', {
      reply_to: { wamid: asked.wamid ?? '', message_id: asked.id, text: asked.text },
      edited: true,
      versions: [
        { n: 1, at: editedAt(3 * hour - 2 * minute), text: 'لحظة من فضلك.', content: null },
        { n: 2, at: editedAt(3 * hour - 3 * minute), text: 'لحظة من فضلك، أتأكد من المستودع.', content: null },
      ],
      reactions: [{ emoji: '❤️', from: 'customer', at: editedAt(2 * hour) }],
    }),
    say(2.5 * hour, 'customer', '', media('image', { caption: 'هذه صورة العلبة', mime_type: 'image/jpeg' }, 'هذه صورة العلبة')),
    say(2.4 * hour, 'customer', '', media('audio', { voice: true })),
    say(2.3 * hour, 'customer', '', media('location', { latitude: 24.7136, longitude: 46.6753, name: 'Kingdom Centre', address: 'King Fahd Rd, Riyadh' })),
    say(2.2 * hour, 'customer', '', { type: 'contacts', content: { type: 'contacts', contacts: [{ name: { formatted_name: 'Yousef' }, phones: [{ phone: '+966 50 111 2233' }] }] } }),
    say(2.1 * hour, 'customer', '', { type: 'unsupported', content: { errors: [{ code: 131060 }] } }),
    say(2 * hour, 'customer', '', { type: 'hologram', content: { type: 'hologram' } }),
    say(1.9 * hour, 'customer', 'رقم بطاقتي', {
      revoked: true,
      revoked_at: editedAt(1.85 * hour),
    }),
    say(1.5 * hour, 'agent', 'Your parcel left the warehouse at 14:05; the driver is *Yousef*, +966 50 111 2233.', { author: people.me, status: 'delivered' }),
    say(1.4 * hour, 'agent', 'سنرسل الفاتورة بعد التسليم.', { author: people.sara, status: 'sent' }),
    say(hour, 'agent', 'Free gift with your next order!', {
      author: people.me,
      status: 'failed',
      failure: { code: 131047, title: 'More than 24 hours have passed since the customer last replied.', fix: 'Send a template, or answer from the phone.' },
    }),
    say(50 * minute, 'agent', 'Did the driver call you?', { author: people.me, status: 'needs_person' }),
    say(12 * minute, 'customer', '👍🙏'),
    say(4 * minute, 'customer', 'وصل الطلب، شكرًا لكم. Very fast!'),
    say(2 * minute, 'phone', 'شكرًا لك أحمد، نسعد بخدمتك دائمًا.', { status: 'delivered' }),
    say(minute, 'agent', 'Anything else we can do for you?', { author: people.me, status: 'queued', wamid: null }),
  ]
}
