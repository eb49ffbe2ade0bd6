import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Inbox as InboxIcon, SearchX } from 'lucide-react'
import { useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useNow } from '../../api/clock'
import { listQuery } from '../../api/queries'
import type { Conversation } from '../../api/types'
import { Blank, Bones } from '../../ui/Blank'
import { Button } from '../../ui/Button'
import { useWords } from '../../words/words'
import { ConversationRow } from './ConversationRow'
import { filterOf } from './ListFilter'

type Props = {
  here: string | null
  /** Filled with what moves to the conversation after or before the open one. */
  step: Ref<(by: 1 | -1) => void>
  onOpen: () => void
}

/** The list is one stop of the Tab key; the arrow keys move inside it. */
export function ConversationList({ here, step, onOpen }: Props) {
  const { words } = useWords()
  const navigate = useNavigate()
  const search = useSearch({ from: '/inbox' })
  const now = useNow(30_000)
  const query = useInfiniteQuery(listQuery(filterOf(search)))
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data])
  const scroller = useRef<HTMLDivElement>(null)
  const handle = useRef<VirtualizerHandle>(null)
  const [focused, setFocused] = useState<string | null>(null)

  const at = (id: string | null) => rows.findIndex((row) => row.id === id)
  const stop = Math.max(at(focused) >= 0 ? at(focused) : at(here), 0)

  const focusRow = (index: number) => {
    const row = rows[index]
    if (!row) return
    handle.current?.scrollToIndex(index, { align: 'nearest' })
    const element = () => scroller.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)
    // At once where it is drawn already: what is typed next is meant for it. Later only while the list still has the focus.
    const drawn = element()
    if (drawn) drawn.focus({ preventScroll: true })
    else
      requestAnimationFrame(() => {
        if (scroller.current?.contains(document.activeElement)) element()?.focus({ preventScroll: true })
      })
  }

  useImperativeHandle(step, () => (by) => {
    const next = at(here) < 0 ? 0 : at(here) + by
    const row = rows[next]
    if (!row) return
    handle.current?.scrollToIndex(next, { align: 'nearest' })
    setFocused(row.id)
    void navigate({ to: '/c/$id', params: { id: row.id }, search: (old) => old })
  })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const to = { ArrowDown: stop + 1, ArrowUp: stop - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    focusRow(Math.min(Math.max(to, 0), rows.length - 1))
  }

  const onScroll = () => {
    const list = handle.current
    if (!list || !query.hasNextPage || query.isFetchingNextPage) return
    if (list.scrollSize - list.scrollOffset - list.viewportSize < 800) void query.fetchNextPage()
  }

  if (query.isPending) return <Bones rows={8} label={words.state.loading} />
  if (query.isError && rows.length === 0) {
    return (
      <Blank title={words.state.failed}>
        <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
      </Blank>
    )
  }
  if (rows.length === 0) return <EmptyList filtered={Boolean(search.q || search.show || search.number)} />
  return (
    <div ref={scroller} role="list" className="scroller h-full overflow-y-auto" onKeyDown={onKeyDown}>
      <Virtualizer ref={handle} scrollRef={scroller} itemSize={68} onScroll={onScroll} keepMounted={[stop]}>
        {rows.map((conversation, index) => (
          <div key={conversation.id} role="listitem" aria-posinset={index + 1} aria-setsize={query.hasNextPage ? -1 : rows.length}>
            <Row
              conversation={conversation}
              now={now}
              here={conversation.id === here}
              reachable={index === stop}
              index={index}
              onFocus={setFocused}
              onOpen={onOpen}
            />
          </div>
        ))}
      </Virtualizer>
    </div>
  )
}

type RowProps = {
  conversation: Conversation
  now: number
  here: boolean
  reachable: boolean
  index: number
  onFocus: (id: string) => void
  onOpen: () => void
}

function Row({ onFocus, ...props }: RowProps) {
  return <ConversationRow {...props} onFocus={() => onFocus(props.conversation.id)} />
}

function EmptyList({ filtered }: { filtered: boolean }) {
  const { words } = useWords()
  const navigate = useNavigate()
  if (!filtered) {
    return <Blank icon={<InboxIcon size={32} aria-hidden />} title={words.list.empty} next={words.list.emptyNext} />
  }
  return (
    <Blank icon={<SearchX size={32} aria-hidden />} title={words.list.none} next={words.list.noneNext}>
      <Button onPress={() => void navigate({ to: '.', search: {}, replace: true })}>{words.list.showAll}</Button>
    </Blank>
  )
}
