import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { matches, putConversation, putMessage, type Pages } from './cache'
import { calls, type ConversationFilter } from './calls'
import { Problem } from './client'
import { notBefore } from './clock'
import { keys } from './keys'
import type { Outgoing } from './unsent'
import type { Conversation, Entry, Message } from './types'

/** Entries of this many milliseconds are answered together: a burst costs one fetch for each thing changed. */
const gather = 40
/** Beyond this many changed things of a kind, fetching the list anew is cheaper than each of them. */
const many = 25

/** Live keeps the query cache true to the journal: it fetches what an entry names, and nothing else. */
export class Live {
  private messages = new Map<string, Set<string>>()
  private conversations = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private working: Promise<void> = Promise.resolve()
  private readonly listeners = new Set<(message: Message) => void>()
  private readonly hearers = new Set<(entry: Entry) => void>()

  constructor(
    private readonly cache: QueryClient,
    private readonly outgoing: Outgoing,
  ) {}

  entry(entry: Entry): void {
    notBefore(entry.at)
    for (const hearer of this.hearers) hearer(entry)
    if (entry.kind === 'contact.merged') {
      this.reload()
      return
    }
    if (entry.conversation_id) {
      this.conversations.add(entry.conversation_id)
      if (entry.message_id) {
        const set = this.messages.get(entry.conversation_id) ?? new Set()
        this.messages.set(entry.conversation_id, set.add(entry.message_id))
      }
    }
    if (entry.contact_id && (entry.kind === 'contact.changed' || entry.kind === 'preference.changed')) {
      this.invalidate(keys.contact(entry.contact_id))
      if (!entry.conversation_id) this.contactChanged(entry.contact_id)
    }
    if (/^(number|account|history)\./.test(entry.kind)) this.invalidate(keys.numbers)
    if (entry.kind === 'eligibility.opened') this.invalidate(keys.openings)
    this.timer ??= setTimeout(() => this.flush(), gather)
  }

  /** listen tells of each message that has just arrived in an open conversation, until the answer is called. */
  listen(listener: (message: Message) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** hear tells of each entry as it arrives, until the answer is called. */
  hear(hearer: (entry: Entry) => void): () => void {
    this.hearers.add(hearer)
    return () => this.hearers.delete(hearer)
  }

  /** reload fetches everything shown anew. */
  reload(): void {
    void this.cache.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'unsent' && query.queryKey[0] !== 'stream' })
  }

  private invalidate(queryKey: QueryKey): void {
    void this.cache.invalidateQueries({ queryKey })
  }

  /** A contact's new name shows in every conversation with that contact which is loaded. */
  private contactChanged(contact: string): void {
    for (const [, pages] of this.cache.getQueriesData<Pages<Conversation>>({ queryKey: keys.lists })) {
      for (const c of pages?.pages.flatMap((page) => page.data) ?? []) {
        if (c.contact.id === contact) this.conversations.add(c.id)
      }
    }
  }

  private flush(): void {
    this.timer = undefined
    const messages = this.messages
    const conversations = this.conversations
    this.messages = new Map()
    this.conversations = new Set()
    // One round at a time, so that an older answer never overtakes a newer one.
    this.working = this.working.then(() => this.apply(messages, conversations)).catch(() => this.reload())
  }

  private async apply(messages: Map<string, Set<string>>, conversations: Set<string>): Promise<void> {
    const rounds = [...messages].map(([conversation, ids]) => this.applyMessages(conversation, ids))
    if (conversations.size > many) this.invalidate(keys.lists)
    for (const id of conversations) {
      if (conversations.size <= many) rounds.push(this.applyConversation(id))
      else this.invalidate(keys.conversation(id))
    }
    await Promise.all(rounds)
  }

  private async applyMessages(conversation: string, ids: Set<string>): Promise<void> {
    const queryKey = keys.messages(conversation)
    const query = this.cache.getQueryCache().find({ queryKey })
    if (!query) return
    if (!query.isActive() || ids.size > many) {
      this.invalidate(queryKey)
      return
    }
    const fetched = await Promise.all([...ids].map((id) => found(calls.message(id))))
    await this.idle(queryKey)
    for (const message of fetched) {
      if (!message) continue
      if (message.origin === 'agent' && !this.known(queryKey, message.id)) {
        // Not awaited: a customer's answer must not wait behind our own sending.
        void this.outgoing.settled(conversation).then(() => this.put(queryKey, message))
      } else {
        this.put(queryKey, message)
      }
    }
  }

  private put(queryKey: QueryKey, message: Message): void {
    const fresh = !this.known(queryKey, message.id)
    this.cache.setQueryData<Pages<Message>>(queryKey, (pages) => (pages ? putMessage(pages, message) : pages))
    if (!fresh || message.provenance !== 'live') return
    for (const listener of this.listeners) listener(message)
  }

  private known(queryKey: QueryKey, id: string): boolean {
    const pages = this.cache.getQueryData<Pages<Message>>(queryKey)
    return pages?.pages.some((page) => page.data.some((m) => m.id === id)) ?? false
  }

  private async applyConversation(id: string): Promise<void> {
    const conversation = await found(calls.conversation(id))
    if (!conversation) return
    if (this.cache.getQueryCache().find({ queryKey: keys.conversation(id) })) {
      await this.idle(keys.conversation(id))
      this.cache.setQueryData(keys.conversation(id), conversation)
    }
    for (const query of this.cache.getQueryCache().findAll({ queryKey: keys.lists })) {
      await this.idle(query.queryKey)
      const belongs = matches(conversation, (query.queryKey[1] ?? {}) as ConversationFilter)
      const pages = query.state.data as Pages<Conversation> | undefined
      const present = pages?.pages.some((page) => page.data.some((c) => c.id === id)) ?? false
      if (belongs === 'ask' && !present) this.invalidate(query.queryKey)
      this.cache.setQueryData<Pages<Conversation>>(query.queryKey, (old) =>
        old ? putConversation(old, conversation, belongs === true) : old,
      )
    }
  }

  /** idle waits for a fetch in flight, whose answer may be older than the entry being applied. */
  private async idle(queryKey: QueryKey): Promise<void> {
    const query = this.cache.getQueryCache().find({ queryKey })
    if (query?.state.fetchStatus !== 'fetching') return
    await query.promise?.catch(() => undefined)
  }
}

/** found gives null for what is gone or not ours to see, and throws what may be otherwise next time. */
async function found<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (err) {
    if (err instanceof Problem && !err.unanswered) return null
    throw err
  }
}
