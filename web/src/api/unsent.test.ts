import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Pages } from './cache'
import { Problem } from './client'
import { keys } from './keys'
import type { Message } from './types'
import { Outgoing } from './unsent'

class Store {
  readonly values = new Map<string, string>()
  getItem = (key: string) => this.values.get(key) ?? null
  setItem = (key: string, value: string) => void this.values.set(key, value)
  removeItem = (key: string) => void this.values.delete(key)
}

let cache: QueryClient
let store: Store
let posted: { text: string; key: string }[]
let answer: (text: string) => Promise<Message>

const made = (text: string) => ({ id: `msg_${text}`, wamid: null, at: '2026-11-22T10:00:00Z', direction: 'out', seq: '9', text }) as Message
const post = (_: string, content: unknown, key: string) => {
  const text = (content as { text: { body: string } }).text.body
  posted.push({ text, key })
  return answer(text)
}
const outgoing = () => new Outgoing(cache, store as unknown as Storage, post)
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const texts = (out: Outgoing) => out.list('con_1').map((u) => `${u.text}:${u.state}`)

beforeEach(() => {
  cache = new QueryClient()
  cache.setQueryData<Pages<Message>>(keys.messages('con_1'), { pages: [{ data: [], next: null }], pageParams: [null] })
  store = new Store()
  posted = []
  answer = (text) => Promise.resolve(made(text))
})

describe('Outgoing', () => {
  it('replaces what it shows with the message the server made', async () => {
    const out = outgoing()
    out.send('con_1', 'hello', null)
    expect(texts(out)).toEqual(['hello:waiting'])
    await settle()
    expect(texts(out)).toEqual([])
    expect(cache.getQueryData<Pages<Message>>(keys.messages('con_1'))?.pages[0]?.data.map((m) => m.id)).toEqual(['msg_hello'])
    expect(store.values.size).toBe(0)
  })

  it('sends one after the other, in order', async () => {
    const release: (() => void)[] = []
    answer = (text) => new Promise((resolve) => release.push(() => resolve(made(text))))
    const out = outgoing()
    out.send('con_1', 'one', null)
    out.send('con_1', 'two', null)
    await settle()
    expect(posted.map((p) => p.text)).toEqual(['one'])
    release[0]?.()
    await settle()
    expect(posted.map((p) => p.text)).toEqual(['one', 'two'])
  })

  it('stops at a silence, keeps the order, and tries again with the same key', async () => {
    answer = () => Promise.reject(new Problem(0, 'unreachable', ''))
    const out = outgoing()
    out.send('con_1', 'one', null)
    out.send('con_1', 'two', null)
    await settle()
    expect(texts(out)).toEqual(['one:stalled', 'two:stalled'])
    answer = (text) => Promise.resolve(made(text))
    out.retryAll()
    await settle()
    expect(posted.map((p) => p.text)).toEqual(['one', 'one', 'two'])
    expect(posted[0]?.key).toBe(posted[1]?.key)
    expect(texts(out)).toEqual([])
  })

  it('shows a refusal and goes on with the next', async () => {
    answer = (text) => (text === 'one' ? Promise.reject(new Problem(422, 'window_closed', '')) : Promise.resolve(made(text)))
    const out = outgoing()
    out.send('con_1', 'one', null)
    out.send('con_1', 'two', null)
    await settle()
    expect(texts(out)).toEqual(['one:refused'])
    expect(out.list('con_1')[0]?.problem?.code).toBe('window_closed')
    out.discard('con_1', out.list('con_1')[0]?.key ?? '')
    expect(store.values.size).toBe(0)
  })

  it('survives a reload in the middle of sending', async () => {
    answer = () => new Promise(() => {})
    outgoing().send('con_1', 'one', null)
    await settle()
    cache = new QueryClient()
    expect(texts(outgoing())).toEqual(['one:stalled'])
  })

  it('lets others wait for what is on the road', async () => {
    let release = () => {}
    answer = (text) => new Promise((resolve) => (release = () => resolve(made(text))))
    const out = outgoing()
    out.send('con_1', 'one', null)
    let done = false
    const waiting = out.settled('con_1').then(() => (done = true))
    await settle()
    expect(done).toBe(false)
    release()
    await waiting
    expect(done).toBe(true)
  })
})
