import { describe, expect, it } from 'vitest'
import { matches, putConversation, putMessage, type Pages } from './cache'
import type { Conversation, Message } from './types'

const at = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, '0')}Z`
const message = (n: number, more: Partial<Message> = {}) =>
  ({ id: `msg_${n}`, wamid: `w${n}`, at: at(n), direction: 'in', seq: '5', text: `text ${n}`, ...more }) as Message
const pagesOf = (next: string | null, ...pages: number[][]): Pages<Message> => ({
  pages: pages.map((page, i) => ({ data: page.map((n) => message(n)), next: i < pages.length - 1 ? 'more' : next })),
  pageParams: pages.map(() => null),
})
const shown = (pages: Pages<Message>) => [...pages.pages].reverse().flatMap((p) => p.data.map((m) => m.id.slice(4)))

describe('putMessage', () => {
  it('adds the newest at the end', () => {
    expect(shown(putMessage(pagesOf(null, [3, 4], [1, 2]), message(9)))).toEqual(['1', '2', '3', '4', '9'])
  })
  it('puts a late one where it belongs', () => {
    expect(shown(putMessage(pagesOf(null, [4, 6], [1, 2]), message(5)))).toEqual(['1', '2', '4', '5', '6'])
    expect(shown(putMessage(pagesOf(null, [4, 6], [1, 2]), message(3)))).toEqual(['1', '2', '3', '4', '6'])
  })
  it('replaces one that is there, never doubles it', () => {
    const pages = putMessage(pagesOf(null, [3, 4], [1, 2]), message(2, { seq: '6', text: 'edited' }))
    expect(shown(pages)).toEqual(['1', '2', '3', '4'])
    expect(pages.pages[1]?.data[1]?.text).toBe('edited')
  })
  it('moves one whose time changed', () => {
    expect(shown(putMessage(pagesOf(null, [3, 4]), message(3, { at: at(8), seq: '6' })))).toEqual(['4', '3'])
  })
  it('keeps the newer of two copies that raced', () => {
    const pages = putMessage(pagesOf(null, [1]), message(1, { seq: '4', text: 'older copy' }))
    expect(pages.pages[0]?.data[0]?.text).toBe('text 1')
  })
  it('leaves what is older than everything loaded to scrolling', () => {
    expect(shown(putMessage(pagesOf('more', [3, 4]), message(1)))).toEqual(['3', '4'])
    expect(shown(putMessage(pagesOf(null, [3, 4]), message(1)))).toEqual(['1', '3', '4'])
  })
  it('fills an empty conversation', () => {
    expect(shown(putMessage(pagesOf(null, []), message(1)))).toEqual(['1'])
  })
})

const conversation = (n: number, second: number, more: Partial<Conversation> = {}) =>
  ({ id: `con_${n}`, number_id: 'num_1', handler: 'bot', unread: 0, last_at: at(second), ...more }) as Conversation
const list = (next: string | null, ...rows: Conversation[]): Pages<Conversation> => ({ pages: [{ data: rows, next }], pageParams: [null] })
const ids = (pages: Pages<Conversation>) => pages.pages.flatMap((p) => p.data.map((c) => c.id))

describe('putConversation', () => {
  const three = list('more', conversation(1, 30), conversation(2, 20), conversation(3, 10))
  it('moves the one that spoke to the top', () => {
    expect(ids(putConversation(three, conversation(3, 40), true))).toEqual(['con_3', 'con_1', 'con_2'])
  })
  it('adds a new one that belongs', () => {
    expect(ids(putConversation(three, conversation(4, 25), true))).toEqual(['con_1', 'con_4', 'con_2', 'con_3'])
  })
  it('adds none that does not belong, and none beyond the loaded end', () => {
    expect(ids(putConversation(three, conversation(4, 40), false))).toHaveLength(3)
    expect(ids(putConversation(three, conversation(4, 1), true))).toHaveLength(3)
  })
  it('keeps one that no longer belongs, changed', () => {
    const pages = putConversation(three, conversation(2, 20, { unread: 7 }), false)
    expect(pages.pages[0]?.data.find((c) => c.id === 'con_2')?.unread).toBe(7)
  })
})

describe('matches', () => {
  it('judges number, handler and unread, and leaves a search to the server', () => {
    expect(matches(conversation(1, 1), {})).toBe(true)
    expect(matches(conversation(1, 1), { handler: 'phone' })).toBe(false)
    expect(matches(conversation(1, 1), { unread: true })).toBe(false)
    expect(matches(conversation(1, 1), { number: 'num_2' })).toBe(false)
    expect(matches(conversation(1, 1), { q: 'ahmed' })).toBe('ask')
  })
})
