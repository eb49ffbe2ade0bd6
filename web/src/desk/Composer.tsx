import { Lock, SendHorizontal, X } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { can } from '../api/can'
import { useNow } from '../api/clock'
import { useConnection } from '../api/connection'
import type { Conversation, Message } from '../api/types'
import { IconButton } from '../ui/Button'
import { useWords } from '../words/words'
import { draftOf, keepDraft } from './draft'
import { whoSaid } from './message/Quote'
import { nameOf } from './naming'
import { summaryText } from './summary'

/** WhatsApp takes up to this many characters in one text message (Cloud API reference, text object, read 2026-11). */
const longest = 4096

type Props = {
  conversation: Conversation
  quoted: Message | null
  /** Counts openings by hand: each moves the focus here. */
  opened: number
  onUnquote: () => void
  onSend: (text: string) => void
}

export function Composer({ conversation, quoted, opened, onUnquote, onSend }: Props) {
  const { words } = useWords()
  const now = useNow(10_000)
  const [text, setText] = useState(() => draftOf(conversation.id))
  const field = useRef<HTMLTextAreaElement>(null)
  const name = nameOf(conversation.contact, words)

  useEffect(() => keepDraft(conversation.id, text), [conversation.id, text])
  useEffect(() => {
    // On a touch screen the keyboard would cover what one came to read.
    if (opened > 0 && window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [opened])
  useLayoutEffect(() => {
    const area = field.current
    if (!area) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`
  }, [text])

  if (can.reply(conversation, now) !== true) return <Closed />

  const over = text.length - longest
  const ready = text.trim() !== '' && over <= 0
  const send = () => {
    if (!ready) return
    onSend(text.trim())
    setText('')
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    }
    if (event.key === 'Escape') {
      if (quoted) onUnquote()
      else document.querySelector<HTMLElement>('[data-row][aria-current="page"]')?.focus()
    }
  }

  return (
    <div className="shrink-0 border-t border-line bg-paper px-3 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] two:px-5">
      {quoted ? (
        <div className="mb-2 flex items-start gap-2 rounded-lg border-s-3 border-accent/60 bg-ground px-3 py-1.5 text-sm">
          <div className="min-w-0 grow">
            <p className="font-strong text-soft">{words.composer.replying(whoSaid(quoted, conversation, words))}</p>
            <p dir="auto" className="line text-soft">
              {summaryText(quoted, words)}
            </p>
          </div>
          <IconButton small label={words.composer.stopReply} onPress={onUnquote}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ) : null}
      <div className="flex items-end gap-2">
        <textarea
          ref={field}
          id="composer"
          // Empty, it stands in the direction of the screen, where its placeholder is read.
          dir={text ? 'auto' : words.dir}
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label={words.composer.label}
          aria-describedby="composer-hint"
          placeholder={words.composer.placeholder(name)}
          className="scroller max-h-50 min-h-10 grow resize-none rounded-xl border border-line-strong/60 bg-paper px-3 py-2 text-read text-start focus-visible:outline-offset-0 pointer-coarse:min-h-11"
        />
        <IconButton
          label={words.composer.send}
          onPress={send}
          isDisabled={!ready}
          className="mb-0.5 bg-accent !text-on-accent hover:!bg-accent-strong disabled:bg-line disabled:!text-soft"
        >
          <SendHorizontal size={18} className="rtl:-scale-x-100" aria-hidden />
        </IconButton>
      </div>
      <p id="composer-hint" className="mt-1 text-2xs text-faint pointer-coarse:sr-only">
        {over > 0 ? <span className="text-bad">{words.composer.long(over)}</span> : words.composer.hint}
      </p>
    </div>
  )
}

/** Closed stands where the composer would: why nothing can be sent, and what can be done instead. */
function Closed() {
  const { words } = useWords()
  const { session } = useConnection()
  const emulator = session.demo?.emulator_url
  return (
    <div className="flex shrink-0 items-center gap-3 border-t border-line bg-paper px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] two:px-5">
      <Lock size={18} className="shrink-0 text-soft" aria-hidden />
      <div className="min-w-0 grow">
        <p className="text-base font-strong">{words.composer.closedTitle}</p>
        <p className="text-sm text-soft">{words.composer.closedNext}</p>
      </div>
      {emulator ? (
        <a href={emulator} target="_blank" rel="noreferrer" className="shrink-0 text-sm font-strong text-accent underline-offset-4 hover:underline">
          {words.composer.openPhone}
        </a>
      ) : null}
    </div>
  )
}
