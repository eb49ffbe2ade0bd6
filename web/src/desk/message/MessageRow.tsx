import { Trash2 } from 'lucide-react'
import { memo, useState } from 'react'
import type { Conversation, Message } from '../../api/types'
import { cx } from '../../ui/class'
import { useWords } from '../../words/words'
import { summaryText } from '../summary'
import { OriginLabel, originWash, originWord } from '../origin'
import { Actions } from './Actions'
import { Body } from './Body'
import { Quote, whoSaid } from './Quote'
import { Reactions } from './Reactions'
import { Ticks } from './Ticks'
import { Trouble } from './Trouble'
import { Versions } from './Versions'

type Props = {
  message: Message
  conversation: Conversation
  together: boolean
  index: number
  reachable: boolean
  onReply: (message: Message) => void
}

/**
 * One message. Ours stand at the right of the screen in both directions of writing: people who
 * read Arabic expect their own words where every messenger has put them.
 */
export const MessageRow = memo(function MessageRow({ message, conversation, together, index, reachable, onReply }: Props) {
  const { words, format } = useWords()
  const [near, setNear] = useState(false)
  const [busy, setBusy] = useState(false)
  const [versions, setVersions] = useState(false)
  const ours = message.direction === 'out'
  const who = whoSaid(message, conversation, words)
  const label = `${who}, ${originWord(words, message.origin)}, ${format.full(message.at)}: ${summaryText(message, words)}`

  return (
    // The row is a stop for the arrow keys, so that its actions can be reached without a mouse.
    <div
      role="article"
      aria-label={label}
      data-message={index}
      data-testid="message"
      data-id={message.id}
      tabIndex={reachable ? 0 : -1}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => setNear(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setNear(false)
      }}
      className={cx('px-3 focus-visible:-outline-offset-2 two:px-6', together ? 'pt-1' : 'pt-3', message.provenance !== 'live' && 'opacity-90')}
    >
      {/* Physical sides on purpose, in both directions of writing. */}
      <div dir="ltr" className={cx('flex items-center gap-2', ours ? 'flex-row-reverse' : 'flex-row')}>
        <div dir={words.dir} className={cx('flex min-w-0 max-w-[85%] flex-col two:max-w-[min(76%,36rem)]', ours ? physicalEnd(words.dir) : physicalStart(words.dir))}>
          <div className={cx('max-w-full rounded-2xl border px-3 pt-2 pb-1.5 shadow-bubble', originWash[message.origin] ?? 'border-line bg-paper')}>
            {message.revoked ? <Revoked message={message} /> : <Said message={message} conversation={conversation} />}
            <div className="mt-1 flex flex-wrap items-center gap-x-2 text-2xs text-faint">
              <OriginLabel message={message} words={words} />
              <span className="inline-flex grow items-center justify-end gap-1.5">
                {message.edited || message.revoked ? (
                  <button type="button" onClick={() => setVersions(true)} className="rounded underline decoration-dotted underline-offset-2 hover:text-ink">
                    {message.edited ? words.message.edited : words.message.versions}
                  </button>
                ) : null}
                <time dateTime={message.at} title={format.full(message.at)} className="tabular">
                  {format.time(message.at)}
                </time>
                {ours ? <Ticks status={message.status} /> : null}
              </span>
            </div>
          </div>
          <Reactions reactions={message.reactions} />
          <Trouble message={message} />
        </div>
        <div dir={words.dir} className="h-8 shrink-0">
          {near || busy ? (
            <Actions message={message} onReply={() => onReply(message)} onVersions={() => setVersions(true)} onOpenChange={setBusy} />
          ) : null}
        </div>
      </div>
      {versions ? <Versions message={message} open onClose={() => setVersions(false)} /> : null}
    </div>
  )
})

function Said({ message, conversation }: { message: Message; conversation: Conversation }) {
  return (
    <>
      <Quote message={message} conversation={conversation} />
      <Body message={message} />
    </>
  )
}

function Revoked({ message }: { message: Message }) {
  const { words } = useWords()
  return (
    <p className="flex items-center gap-2 text-base text-soft">
      <Trash2 size={15} aria-hidden />
      {words.message.revokedBy[message.direction === 'in' ? 'customer' : 'business']}
    </p>
  )
}

const physicalEnd = (dir: 'ltr' | 'rtl') => (dir === 'rtl' ? 'items-start' : 'items-end')
const physicalStart = (dir: 'ltr' | 'rtl') => (dir === 'rtl' ? 'items-end' : 'items-start')
