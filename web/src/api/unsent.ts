import { notifyManager, type QueryClient } from '@tanstack/react-query'
import { putMessage, type Pages } from './cache'
import { calls } from './calls'
import { newKey, Problem } from './client'
import { now } from './clock'
import { keys } from './keys'
import type { Message } from './types'

/** Unsent is a message the person has sent and the server has not yet taken. */
export type Unsent = {
  /** The Idempotency-Key of every try, so that trying again can never send twice. */
  key: string
  conversation: string
  text: string
  quote: { wamid: string; text: string } | null
  at: string
  /** waiting: on its way. stalled: no answer came. refused: the server said no, and why. */
  state: 'waiting' | 'stalled' | 'refused'
  problem: { code: string; title: string; detail: string; fix: string } | null
}

const prefix = 'wasl.unsent.'

/**
 * Outgoing sends what people write, one message at a time for each conversation, so that two quick
 * messages keep their order. What is not yet taken survives a reload of the page.
 */
export class Outgoing {
  private readonly running = new Map<string, Promise<void>>()

  constructor(
    private readonly cache: QueryClient,
    private readonly store: Storage | null,
    private readonly post: typeof calls.send = calls.send,
  ) {}

  list(conversation: string): Unsent[] {
    return this.cache.getQueryData<Unsent[]>(keys.unsent(conversation)) ?? this.stored(conversation)
  }

  send(conversation: string, text: string, quote: Unsent['quote']): void {
    const unsent: Unsent = {
      key: newKey(),
      conversation,
      text,
      quote,
      at: new Date(now()).toISOString(),
      state: 'waiting',
      problem: null,
    }
    this.keep(conversation, [...this.list(conversation), unsent])
    this.run(conversation)
  }

  /** retry sends again what got no answer; with a key, one refused thing alone. */
  retry(conversation: string, key?: string): void {
    const next = this.list(conversation).map((u) =>
      u.state === 'stalled' || u.key === key ? { ...u, state: 'waiting' as const, problem: null } : u,
    )
    this.keep(conversation, next)
    this.run(conversation)
  }

  /** retryAll is for the moment the server can be reached again. */
  retryAll(): void {
    for (const [queryKey] of this.cache.getQueriesData<Unsent[]>({ queryKey: ['unsent'] })) {
      if (typeof queryKey[1] === 'string') this.retry(queryKey[1])
    }
  }

  discard(conversation: string, key: string): void {
    this.keep(
      conversation,
      this.list(conversation).filter((u) => u.key !== key),
    )
  }

  /**
   * settled resolves when nothing of the conversation is on the road, or after
   * limit milliseconds. An agent's message that the stream reports first waits here
   * for its own answer, so that it is never shown beside its own optimistic copy.
   */
  async settled(conversation: string, limit = 5_000): Promise<void> {
    const running = this.running.get(conversation)
    if (!running) return
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, limit))])
  }

  private run(conversation: string): void {
    if (this.running.has(conversation)) return
    const work = this.drain(conversation).finally(() => this.running.delete(conversation))
    this.running.set(conversation, work)
  }

  private async drain(conversation: string): Promise<void> {
    for (;;) {
      const head = this.list(conversation).find((u) => u.state === 'waiting')
      if (!head) return
      try {
        this.taken(head, await this.post(conversation, contentOf(head), head.key))
      } catch (err) {
        const problem = err instanceof Problem ? err : new Problem(0, 'unreachable', String(err))
        this.fail(head, problem)
      }
    }
  }

  /** The message and its optimistic copy change places in one step, so that no picture shows both. */
  private taken(unsent: Unsent, message: Message): void {
    notifyManager.batch(() => {
      this.cache.setQueryData<Pages<Message>>(keys.messages(unsent.conversation), (pages) =>
        pages ? putMessage(pages, message) : pages,
      )
      this.discard(unsent.conversation, unsent.key)
    })
  }

  private fail(unsent: Unsent, problem: Problem): void {
    const { code, title, detail, fix } = problem
    const next = this.list(unsent.conversation).map((u): Unsent => {
      // Whatever was written after a message that stalled waits behind it.
      if (problem.unanswered && u.state === 'waiting') return { ...u, state: 'stalled', problem: { code, title, detail, fix } }
      if (u.key === unsent.key) return { ...u, state: 'refused', problem: { code, title, detail, fix } }
      return u
    })
    this.keep(unsent.conversation, next)
  }

  private keep(conversation: string, list: Unsent[]): void {
    this.cache.setQueryData(keys.unsent(conversation), list)
    try {
      if (list.length === 0) this.store?.removeItem(prefix + conversation)
      else this.store?.setItem(prefix + conversation, JSON.stringify(list))
    } catch {
      // A full or forbidden store costs the copy that survives a reload, not the message.
    }
  }

  private stored(conversation: string): Unsent[] {
    try {
      const text = this.store?.getItem(prefix + conversation)
      const list: unknown = text ? JSON.parse(text) : []
      if (!Array.isArray(list)) return []
      // A reload leaves it open whether the answer was lost; the key makes asking again safe.
      return (list as Unsent[]).map((u) => (u.state === 'waiting' ? { ...u, state: 'stalled' } : u))
    } catch {
      return []
    }
  }
}

function contentOf(unsent: Unsent): unknown {
  const context = unsent.quote ? { context: { message_id: unsent.quote.wamid } } : {}
  return { type: 'text', text: { body: unsent.text }, ...context }
}
