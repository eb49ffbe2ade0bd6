import { Link } from '@tanstack/react-router'
import { memo, type FocusEventHandler } from 'react'
import { useUnsent } from '../../api/connection'
import type { Conversation } from '../../api/types'
import { Avatar } from '../../ui/Avatar'
import { cx } from '../../ui/class'
import { Ring } from '../../ui/Ring'
import { useWords } from '../../words/words'
import { draftOf } from '../draft'
import { nameOf } from '../naming'
import { OriginIcon, originWord } from '../origin'
import { summaryText } from '../summary'
import { Ticks } from '../message/Ticks'
import { windowView } from '../window'

type Props = {
  conversation: Conversation
  now: number
  here: boolean
  reachable: boolean
  index: number
  onFocus: FocusEventHandler
  onOpen: () => void
}

/** One conversation: who, when, what was said last and by whom, what is unread, and how long its window stays open. */
export const ConversationRow = memo(function ConversationRow(props: Props) {
  const { conversation, now, here, reachable, index, onFocus, onOpen } = props
  const { words, format } = useWords()
  const name = nameOf(conversation.contact, words)
  const view = windowView(conversation.window, now)
  const unread = conversation.unread > 0
  return (
    <Link
      to="/c/$id"
      params={{ id: conversation.id }}
      search={(search) => search}
      preload={false}
      data-row={index}
      data-testid="conversation"
      tabIndex={reachable ? 0 : -1}
      aria-current={here ? 'page' : undefined}
      onFocus={onFocus}
      onClick={onOpen}
      className={cx(
        'relative flex h-17 items-center gap-3 px-4 transition-colors focus-visible:-outline-offset-2',
        here
          ? 'bg-accent-wash before:absolute before:inset-y-0 before:start-0 before:w-0.75 before:bg-accent'
          : 'hover:bg-hover',
      )}
    >
      <Avatar name={conversation.contact.name} ring={<Ring left={view.fraction} tone={view.tone} size={42} />} size={42} />
      <span className="flex min-w-0 grow flex-col gap-0.5">
        <span className="flex items-baseline gap-2">
          <span dir="auto" className={cx('line grow text-base text-ink', unread && 'font-strong')}>
            {name}
          </span>
          {conversation.last_at ? (
            <time
              dateTime={conversation.last_at}
              className={cx('tabular shrink-0 text-xs', unread ? 'font-strong text-accent' : 'text-faint')}
            >
              {format.brief(conversation.last_at, now)}
            </time>
          ) : null}
        </span>
        <span className="flex items-center gap-1.5 text-sm text-soft">
          <Preview conversation={conversation} here={here} />
          {unread ? (
            <span className="tabular ms-auto inline-flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-accent px-1.5 text-2xs font-strong text-on-accent">
              <span aria-hidden>{conversation.unread > 99 ? '99+' : conversation.unread}</span>
              <span className="sr-only">{words.list.unreadCount(conversation.unread)}</span>
            </span>
          ) : null}
        </span>
      </span>
      <span className="sr-only">{view.open ? words.window.open : words.window.closed}</span>
    </Link>
  )
})

function Preview({ conversation, here }: { conversation: Conversation; here: boolean }) {
  const { words } = useWords()
  const unsent = useUnsent(conversation.id)
  const draft = here ? '' : draftOf(conversation.id)
  if (unsent.some((u) => u.state !== 'waiting')) {
    return <span className="line grow text-bad">{words.message.notSent}</span>
  }
  if (draft) {
    return (
      <>
        <span className="shrink-0 font-strong text-bad">{words.list.draft}</span>
        <span dir="auto" className="line grow">
          {draft}
        </span>
      </>
    )
  }
  const last = conversation.last_message
  if (!last) return <span className="line grow">{words.thread.empty}</span>
  return (
    <>
      <OriginIcon origin={last.origin} size={14} />
      <span className="sr-only">{originWord(words, last.origin)}:</span>
      <span dir="auto" className="line min-w-0 grow">
        {summaryText(last, words)}
      </span>
      {last.direction === 'out' ? <Ticks status={last.status} /> : null}
    </>
  )
}
