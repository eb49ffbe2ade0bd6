import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Pages } from './cache'
import { keys } from './keys'
import { Live } from './live'
import type { Conversation, Entry, Message } from './types'
import { Outgoing } from './unsent'

let cache: QueryClient
let live: Live
let outgoing: Outgoing
let asked: string[]
let world: Map<string, unknown>
let taken: (message: Message) => void
let stop: () => void

const message = (id: string, more: Partial<Message> = {}) =>
  ({ id, wamid: id, conversation_id: 'con_1', at: '2026-11-22T10:00:00Z', direction: 'in', origin: 'customer', provenance: 'live', seq: '5', text: id, ...more }) as Message
const conversation = (more: Partial<Conversation> = {}) =>
  ({ id: 'con_1', number_id: 'num_1', contact: { id: 'cnt_1' }, handler: 'bot', unread: 1, last_at: '2026-11-22T10:00:00Z', ...more }) as Conversation
const entry = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq: String(seq),
  at: '2026-11-22T10:00:00Z',
  kind: 'message.received',
  conversation_id: 'con_1',
  message_id: 'msg_2',
  ...more,
})
const shown = () => cache.getQueryData<Pages<Message>>(keys.messages('con_1'))?.pages.flatMap((p) => p.data.map((m) => m.id))
const settle = () => new Promise((resolve) => setTimeout(resolve, 80))

beforeEach(() => {
  asked = []
  world = new Map<string, unknown>([
    ['/v1/messages/msg_2', message('msg_2')],
    ['/v1/conversations/con_1', conversation()],
  ])
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path)
    const body = world.get(path)
    return Promise.resolve(new Response(JSON.stringify(body ?? { code: 'not_found' }), { status: body ? 200 : 404 }))
  })
  cache = new QueryClient()
  cache.setQueryData<Pages<Message>>(keys.messages('con_1'), { pages: [{ data: [message('msg_1')], next: null }], pageParams: [null] })
  cache.setQueryData<Pages<Conversation>>(keys.list({}), { pages: [{ data: [], next: null }], pageParams: [null] })
  outgoing = new Outgoing(cache, null, () => new Promise((resolve) => (taken = resolve)))
  live = new Live(cache, outgoing)
  // Somebody looks at the conversation.
  stop = new QueryObserver(cache, { queryKey: keys.messages('con_1'), staleTime: Infinity }).subscribe(() => {})
})
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
})

describe('Live', () => {
  it('fetches only what an entry names, and puts it in its place', async () => {
    live.entry(entry(1))
    await settle()
    expect(asked.toSorted()).toEqual(['/v1/conversations/con_1', '/v1/messages/msg_2'])
    expect(shown()).toEqual(['msg_1', 'msg_2'])
    expect(cache.getQueryData<Pages<Conversation>>(keys.list({}))?.pages[0]?.data.map((c) => c.id)).toEqual(['con_1'])
  })

  it('answers a burst about one thing with one fetch', async () => {
    for (let i = 0; i < 50; i++) live.entry(entry(i))
    await settle()
    expect(asked).toHaveLength(2)
  })

  it('tells of a live message once, of an imported one never', async () => {
    const heard: string[] = []
    live.listen((m) => heard.push(m.id))
    world.set('/v1/messages/msg_3', message('msg_3', { provenance: 'history' }))
    live.entry(entry(1))
    live.entry(entry(2, { message_id: 'msg_3' }))
    await settle()
    live.entry(entry(3))
    await settle()
    expect(heard).toEqual(['msg_2'])
    expect(shown()).toContain('msg_3')
  })

  it('never shows our own message beside its optimistic copy, though the stream is faster than the answer', async () => {
    const made = message('msg_2', { origin: 'agent', direction: 'out', wamid: null })
    world.set('/v1/messages/msg_2', made)
    outgoing.send('con_1', 'msg_2', null)
    live.entry(entry(1, { kind: 'message.queued' }))
    await settle()
    expect(shown()).toEqual(['msg_1'])
    expect(outgoing.list('con_1')).toHaveLength(1)
    taken(made)
    await settle()
    expect(shown()).toEqual(['msg_1', 'msg_2'])
    expect(outgoing.list('con_1')).toHaveLength(0)
  })

  it('does not let our sending hold up what the customer writes', async () => {
    outgoing.send('con_1', 'ours', null)
    live.entry(entry(1))
    await settle()
    expect(shown()).toEqual(['msg_1', 'msg_2'])
  })

  it('passes over what is gone', async () => {
    live.entry(entry(1, { message_id: 'msg_9' }))
    await settle()
    expect(shown()).toEqual(['msg_1'])
  })

  it('fetches anew on reload, but keeps what is not yet sent', async () => {
    outgoing.send('con_1', 'ours', null)
    live.reload()
    expect(cache.getQueryState(keys.messages('con_1'))?.isInvalidated).toBe(true)
    expect(outgoing.list('con_1')).toHaveLength(1)
  })
})
