import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import type { Conversation, Delivery, Entry, Message, Status } from '../src/api/types'
import { emulated } from './emulated'
import { message, nextId, numbers, people, sample, settle } from './sample'

/**
 * mock speaks the house's HTTP API from memory, for working on the screens without a server. It is
 * a plugin of the development server alone and no part of what is built. Its customers and its phone speak through the
 * few paths of the emulator that the browser tests use; `POST /_mock/fail` with `{"sends":n}` refuses the next n sends.
 */
export function mock(): Plugin {
  const house = new House()
  const use = (server: { middlewares: { use: (handle: (req: IncomingMessage, res: ServerResponse, next: () => void) => void) => void } }) => {
    server.middlewares.use((req, res, next) => {
      if (!/^\/(v1|_mock|_emulator)\//.test(req.url ?? '')) return next()
      void house.answer(req, res)
    })
  }
  return { name: 'wasl-mock', configureServer: use, configurePreviewServer: use }
}

type Json = Record<string, unknown>

export class House {
  private readonly customers: { id: string; name: string; digits: string }[] = []
  private readonly met = new Map<string, Conversation>()
  private readonly data = sample()
  private readonly entries: Entry[] = []
  private readonly streams = new Set<ServerResponse>()
  private readonly answers = new Map<string, Message>()
  private readonly sessions = new Set<string>()
  private seq = 100
  private failing = 0

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://mock')
    const body = await read(req)
    const path = url.pathname.replace('/v1', '')
    if (path === '/session') return this.session(req, res, body)
    if (path.startsWith('/_emulator/')) return json(res, emulated(this, this.customers, req.method ?? '', url, body))
    if (path === '/_mock/fail') {
      this.failing = Number(body.sends ?? 1)
      return json(res, {})
    }
    if (!this.signedIn(req)) return problem(res, 401, 'not_signed_in')
    if (path === '/stream') return this.stream(req, res, url)
    if (path === '/numbers') return json(res, { data: numbers, next: null })
    if (path === '/conversations') return this.list(res, url)
    if (path === '/deliveries') return json(res, { data: deliveries, next: null })
    const [, noun, id = '', verb] = path.split('/')
    if (noun === 'deliveries') return json(res, { ...deliveries.find((d) => d.id === id), body: rawBody })
    if (noun === 'contacts') return json(res, this.data.contacts.find((c) => c.id === id))
    if (noun === 'messages') return this.message(res, id, verb, body)
    const conversation = this.data.conversations.find((c) => c.id === id)
    if (noun !== 'conversations' || !conversation) return problem(res, 404, 'not_found')
    return this.conversation(req, res, { conversation, verb, url, body })
  }

  private session(req: IncomingMessage, res: ServerResponse, body: Json): void {
    if (req.method === 'DELETE') {
      this.sessions.delete(cookie(req))
      res.writeHead(204).end()
      return
    }
    if (req.method === 'POST') {
      if (body.password !== 'demo') return problem(res, 401, 'sign_in_refused')
      const session = nextId('ses')
      this.sessions.add(session)
      res.setHeader('Set-Cookie', `wasl_session=${session}; HttpOnly; SameSite=Lax; Path=/`)
    } else if (!this.signedIn(req)) return problem(res, 401, 'not_signed_in')
    json(res, {
      person: { ...people.me, email: 'lina@example.com', role: 'owner', operator: true },
      business: { id: 'biz_1', name: 'Dar Al Nakheel' },
      demo: { emulator_url: 'http://127.0.0.1:8090/' },
      seq: String(this.seq),
      now: new Date().toISOString(),
    })
  }

  private signedIn(req: IncomingMessage): boolean {
    return this.sessions.has(cookie(req))
  }

  private list(res: ServerResponse, url: URL): void {
    const q = url.searchParams.get('q')?.toLowerCase() ?? ''
    const is = (name: string, value: string) => !url.searchParams.get(name) || url.searchParams.get(name) === value
    const rows = this.data.conversations
      .filter((c) => is('handler', c.handler) && is('number', c.number_id) && (!url.searchParams.has('unread') || c.unread > 0))
      .filter((c) => `${c.contact.name} ${c.contact.phone}`.toLowerCase().includes(q))
      .toSorted((a, b) => (b.last_at ?? '').localeCompare(a.last_at ?? ''))
    const from = Number(url.searchParams.get('after') ?? 0)
    json(res, { data: rows.slice(from, from + 50), next: rows.length > from + 50 ? String(from + 50) : null })
  }

  private conversation(req: IncomingMessage, res: ServerResponse, at: { conversation: Conversation; verb?: string; url: URL; body: Json }): void {
    const { conversation, verb, url, body } = at
    const list = this.data.messages.get(conversation.id) ?? []
    if (!verb) return json(res, conversation)
    if (verb === 'messages' && req.method === 'GET') {
      const before = Number(url.searchParams.get('before') ?? list.length)
      const from = Math.max(before - 50, 0)
      return json(res, { data: list.slice(from, before), next: from > 0 ? String(from) : null })
    }
    if (verb === 'messages') return this.send(res, conversation, body, String(req.headers['idempotency-key'] ?? ''))
    if (verb === 'read') {
      conversation.unread = 0
      res.writeHead(204).end()
      return this.tell('conversation.read', conversation)
    }
    conversation.handler = verb === 'takeover' ? 'person' : 'bot'
    conversation.handler_until = null
    json(res, conversation)
    this.tell(verb === 'takeover' ? 'conversation.taken_over' : 'conversation.handed_back', conversation)
  }

  private send(res: ServerResponse, conversation: Conversation, body: Json, key: string): void {
    const seen = this.answers.get(key)
    if (seen) return json(res, seen, 202)
    if (this.failing > 0) {
      this.failing -= 1
      return problem(res, 503, 'storage_unavailable')
    }
    const content = body.content as { type: string; text?: { body: string }; context?: { message_id: string }; reaction?: { message_id: string; emoji: string } }
    const list = this.data.messages.get(conversation.id) ?? []
    const quoted = list.find((m) => m.wamid === content.context?.message_id)
    if (content.reaction) {
      const target = list.find((m) => m.wamid === content.reaction?.message_id)
      if (target) target.reactions = [{ emoji: content.reaction.emoji, from: 'business' as const, at: new Date().toISOString() }].filter((r) => r.emoji)
      json(res, target, 202)
      return this.tell('message.reacted', conversation, target)
    }
    const sent = message(conversation, { at: Date.now(), origin: 'agent', text: content.text?.body ?? '', author: people.me, status: 'queued', wamid: null })
    if (quoted) sent.reply_to = { wamid: quoted.wamid ?? '', message_id: quoted.id, text: quoted.text }
    this.add(conversation, sent, 'message.queued')
    this.answers.set(key, sent)
    // The event goes first on purpose: the screen must not show the message twice.
    setTimeout(() => json(res, sent, 202), 120)
    const steps: Status[] = ['sending', 'accepted', 'sent', 'delivered', 'read']
    steps.forEach((status, i) =>
      setTimeout(() => {
        sent.status = status
        sent.wamid ??= `wamid.${sent.id}`
        this.tell('message.status', conversation, sent)
      }, 200 + i * 350),
    )
  }

  private message(res: ServerResponse, id: string, verb: string | undefined, body: Json): void {
    const found = [...this.data.messages.values()].flat().find((m) => m.id === id)
    if (!found) return problem(res, 404, 'not_found')
    if (verb === 'resolve') {
      found.status = body.verdict === 'send_again' ? 'sending' : 'sent'
      const conversation = this.data.conversations.find((c) => c.id === found.conversation_id)
      if (conversation) this.tell('message.status', conversation, found)
    }
    json(res, found)
  }

  /** meet makes an empty conversation with a new customer; it is listed once somebody speaks. */
  meet(customer: { id: string; name: string; digits: string }): void {
    const contact = { id: `cnt_${customer.id}`, name: customer.name, phone: `+${customer.digits}`, username: '' }
    this.data.contacts.push({ ...contact, identities: [], opted_out: false, created_at: new Date().toISOString() })
    const conversation: Conversation = {
      id: nextId('con'),
      number_id: 'num_1',
      contact,
      window: { open: false, opened_at: null, closes_at: null },
      handler: 'nobody',
      handler_until: null,
      handler_reason: '',
      state: 'open',
      assignee: null,
      unread: 0,
      last_message: null,
      last_at: null,
    }
    this.met.set(customer.id, conversation)
  }

  says(customer: string, origin: 'customer' | 'phone', text: string): void {
    const conversation = this.met.get(customer)
    if (!conversation) return
    if (!this.data.conversations.includes(conversation)) this.data.conversations.push(conversation)
    if (origin === 'customer') conversation.unread += 1
    const status = origin === 'phone' ? 'sent' : 'received'
    this.add(conversation, message(conversation, { at: Date.now(), origin, text, status }), origin === 'phone' ? 'message.echoed' : 'message.received')
  }

  said(customer: string): { text: string }[] {
    return (this.data.messages.get(this.met.get(customer)?.id ?? '') ?? []).map(({ text }) => ({ text }))
  }

  private add(conversation: Conversation, added: Message, kind: string): void {
    const list = this.data.messages.get(conversation.id) ?? []
    list.push(added)
    this.data.messages.set(conversation.id, list)
    settle(conversation, list)
    this.tell(kind, conversation, added)
  }

  private tell(kind: string, conversation: Conversation, about?: Message): void {
    this.seq += 1
    if (about) about.seq = String(this.seq)
    const entry: Entry = {
      seq: String(this.seq),
      at: new Date().toISOString(),
      kind,
      number_id: conversation.number_id,
      conversation_id: conversation.id,
      contact_id: conversation.contact.id,
      message_id: about?.id ?? null,
    }
    this.entries.push(entry)
    for (const stream of this.streams) writeEntry(stream, entry)
  }

  private stream(req: IncomingMessage, res: ServerResponse, url: URL): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    const after = Number(req.headers['last-event-id'] ?? url.searchParams.get('after') ?? 0)
    for (const entry of this.entries) if (Number(entry.seq) > after) writeEntry(res, entry)
    res.write(': here\n\n')
    this.streams.add(res)
    res.on('close', () => this.streams.delete(res))
  }
}

function cookie(req: IncomingMessage): string {
  return /wasl_session=(\w+)/.exec(req.headers.cookie ?? '')?.[1] ?? ''
}

function writeEntry(stream: ServerResponse, entry: Entry): void {
  stream.write(`id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`)
}

async function read(req: IncomingMessage): Promise<Json> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  return text ? (JSON.parse(text) as Json) : {}
}

function json(res: ServerResponse, value: unknown, status = 200): void {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

function problem(res: ServerResponse, status: number, code: string): void {
  res.writeHead(status, { 'Content-Type': 'application/problem+json' })
  res.end(JSON.stringify({ type: `/docs/codes#${code}`, title: code, status, detail: '', code, fix: '' }))
}

const rawBody = '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","messages":[{"from":"966501234567","id":"wamid.HBg","timestamp":"1763800000","type":"text","text":{"body":"السلام عليكم"}}]}}]}]}'

const deliveries: Delivery[] = Array.from({ length: 9 }, (_, i) => ({
  id: nextId('dlv'),
  received_at: new Date(Date.now() - i * 47_000).toISOString(),
  bytes: 412 + i * 97,
  state: i === 2 ? 'parked' : i === 4 ? 'unknown' : 'split',
  signature: 'app',
  items: 1 + (i % 3),
  unknown: i === 4 ? 2 : 0,
  reason: i === 2 ? 'no number 106540352242999' : '',
  fragments: [
    { business_id: i === 2 ? null : 'biz_1', field: i % 2 ? 'messages' : 'smb_message_echoes', kind: i % 2 ? 'message.received' : 'message.echoed', state: i === 2 ? 'parked' : 'applied', reason: i === 2 ? 'number_unknown' : '' },
  ],
}))
