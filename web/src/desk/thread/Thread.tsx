import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown } from 'lucide-react'
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useUnsent } from '../../api/connection'
import { messagesQuery } from '../../api/queries'
import type { Conversation, Message } from '../../api/types'
import { Blank } from '../../ui/Blank'
import { Button } from '../../ui/Button'
import { useWords } from '../../words/words'
import { MessageRow } from '../message/MessageRow'
import { UnsentRow } from '../message/UnsentRow'
import { nameOf } from '../naming'
import { timeline, type Item } from '../timeline'
import { Announcer } from './Announcer'
import { DayLine, ImportedLine, LiveLine } from './Lines'

type Props = { conversation: Conversation; sent: number; onReply: (message: Message) => void }

/** How near the end, in pixels, still counts as being there. */
const nearEnd = 80

/** Thread shows the messages, newest at the bottom, and never moves under a reader who has scrolled up. */
export function Thread({ conversation, sent, onReply }: Props) {
  const { words } = useWords()
  const query = useInfiniteQuery(messagesQuery(conversation.id))
  const unsent = useUnsent(conversation.id)
  const messages = useMemo(() => (query.data ? [...query.data.pages].reverse().flatMap((page) => page.data) : []), [query.data])
  const items = useMemo(() => timeline(messages, unsent), [messages, unsent])

  const scroller = useRef<HTMLDivElement>(null)
  const handle = useRef<VirtualizerHandle>(null)
  const atEnd = useRef(true)
  const [fresh, setFresh] = useState(0)
  const [away, setAway] = useState(false)
  const prepended = usePrepended(items)

  const toEnd = useCallback(() => {
    atEnd.current = true
    handle.current?.scrollToIndex(items.length - 1, { align: 'end' })
  }, [items.length])

  useFollow({ items, messages, atEnd, toEnd, onFresh: (n) => setFresh((old) => old + n) })
  const followSent = useEffectEvent(toEnd)
  useEffect(() => {
    if (sent > 0) followSent()
  }, [sent])

  const onScroll = () => {
    const list = handle.current
    if (!list) return
    const below = list.scrollSize - list.scrollOffset - list.viewportSize
    atEnd.current = below < nearEnd
    setAway(below > list.viewportSize / 2)
    if (atEnd.current) setFresh(0)
    if (list.scrollOffset < 600 && query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
  }
  const { active, onKeyDown, onFocus } = useRoving(items, scroller, handle)

  if (query.isError && messages.length === 0) {
    return (
      <div className="grow">
        <Blank title={words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      </div>
    )
  }
  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={words.thread.messages(nameOf(conversation.contact, words))}
        aria-busy={query.isPending}
        className="scroller flex h-full flex-col overflow-y-auto overscroll-contain pb-3 [overflow-anchor:none]"
        onKeyDown={onKeyDown}
        onFocus={onFocus}
      >
        <div className="grow" />
        {query.isFetchingNextPage ? <p className="py-2 text-center text-xs text-faint">{words.thread.loadingOlder}</p> : null}
        <Virtualizer ref={handle} scrollRef={scroller} shift={prepended} onScroll={onScroll} onScrollEnd={onScroll} keepMounted={active >= 0 ? [active] : undefined}>
          {items.map((item, index) => (
            <Line key={item.key} item={item} conversation={conversation} index={index} reachable={index === active} onReply={onReply} />
          ))}
        </Virtualizer>
        {query.isSuccess && items.length === 0 ? <p className="py-8 text-center text-sm text-faint">{words.thread.empty}</p> : null}
      </div>
      {fresh > 0 || away ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center" data-testid="to-end">
          <Button look={fresh > 0 ? 'primary' : 'plain'} className="pointer-events-auto rounded-full shadow-raised" onPress={toEnd}>
            <ArrowDown size={16} aria-hidden />
            {fresh > 0 ? words.thread.fresh(fresh) : words.thread.toEnd}
          </Button>
        </div>
      ) : null}
      <Announcer conversation={conversation} />
    </div>
  )
}

type LineProps = { item: Item; conversation: Conversation; index: number; reachable: boolean; onReply: (message: Message) => void }

function Line({ item, conversation, index, reachable, onReply }: LineProps) {
  switch (item.is) {
    case 'day':
      return <DayLine at={item.at} />
    case 'imported':
      return <ImportedLine />
    case 'live':
      return <LiveLine />
    case 'unsent':
      return <UnsentRow unsent={item.unsent} />
    case 'message':
      return (
        <MessageRow
          message={item.message}
          conversation={conversation}
          together={item.together}
          index={index}
          reachable={reachable}
          onReply={onReply}
        />
      )
  }
}

/** usePrepended is true in the one render in which older items came in before the first. */
function usePrepended(items: Item[]): boolean {
  const first = items.find((item) => item.is === 'message')?.key
  const last = items.at(-1)?.key
  const before = useRef({ first, last })
  // The virtualiser has to know in this very render; a state would tell it one too late.
  // oxlint-disable-next-line react/refs
  const prepended = before.current.first !== undefined && before.current.first !== first && before.current.last === last
  useLayoutEffect(() => {
    before.current = { first, last }
  })
  return prepended
}

type Follow = {
  items: Item[]
  messages: Message[]
  atEnd: { current: boolean }
  toEnd: () => void
  onFresh: (n: number) => void
}

/** useFollow keeps the end in view for who is there, and counts what is new for who is not. */
function useFollow({ items, messages, atEnd, toEnd, onFresh }: Follow): void {
  const end = useRef<{ last: string | undefined; known: Set<string> } | null>(null)
  const follow = useEffectEvent(() => {
    if (items.length === 0) return
    const before = end.current
    end.current = { last: items.at(-1)?.key, known: new Set(messages.map((m) => m.id)) }
    if (before === null || atEnd.current) {
      toEnd()
      return
    }
    const lastKnown = messages.findLastIndex((m) => before.known.has(m.id))
    const added = messages.slice(lastKnown + 1).filter((m) => m.provenance === 'live').length
    if (lastKnown >= 0 && added > 0) onFresh(added)
  })
  useLayoutEffect(() => follow(), [items])
}

/** useRoving makes the messages one stop of the Tab key, with the arrow keys moving among them. */
function useRoving(items: Item[], scroller: { current: HTMLElement | null }, handle: { current: VirtualizerHandle | null }) {
  const [key, setKey] = useState<string | null>(null)
  const chosen = items.findIndex((item) => item.key === key)
  const active = chosen >= 0 ? chosen : items.findLastIndex((item) => item.is === 'message')

  const onFocus = (event: { target: EventTarget }) => {
    const row = event.target instanceof HTMLElement ? event.target.closest('[data-message]') : null
    const index = Number(row?.getAttribute('data-message') ?? -1)
    if (items[index]) setKey(items[index].key)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (!(event.target instanceof HTMLElement) || !event.target.hasAttribute('data-message')) return
    const next = nextMessage(items, active, event.key)
    if (next < 0) return
    event.preventDefault()
    handle.current?.scrollToIndex(next, { align: 'nearest' })
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-message="${next}"]`)?.focus())
  }
  return { active, onKeyDown, onFocus }
}

function nextMessage(items: Item[], active: number, key: string): number {
  const isMessage = (item: Item) => item.is === 'message'
  switch (key) {
    case 'ArrowDown':
      return items.findIndex((item, i) => i > active && isMessage(item))
    case 'ArrowUp':
      return items.findLastIndex((item, i) => i < active && isMessage(item))
    case 'Home':
      return items.findIndex(isMessage)
    case 'End':
      return items.findLastIndex(isMessage)
    default:
      return -1
  }
}
