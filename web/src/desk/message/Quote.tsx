import { useQueryClient } from '@tanstack/react-query'
import type { Pages } from '../../api/cache'
import { keys } from '../../api/keys'
import type { Conversation, Message } from '../../api/types'
import { useWords } from '../../words/words'
import { nameOf } from '../naming'
import { OriginIcon, originWord } from '../origin'
import { summaryText } from '../summary'

/** Quote shows what a message answers; a quote whose message never reached us is said to be missing. */
export function Quote({ message, conversation }: { message: Message; conversation: Conversation }) {
  const { words } = useWords()
  const cache = useQueryClient()
  const reply = message.reply_to
  if (!reply) return null
  const quoted = cache
    .getQueryData<Pages<Message>>(keys.messages(conversation.id))
    ?.pages.flatMap((page) => page.data)
    .find((m) => m.id === reply.message_id || (m.wamid !== null && m.wamid === reply.wamid))
  const text = quoted ? summaryText(quoted, words) : reply.text
  const who = quoted ? whoSaid(quoted, conversation, words) : ''
  return (
    <blockquote className="mb-1.5 rounded-lg border-s-3 border-accent/60 bg-ink/5 px-2.5 py-1.5 text-sm text-soft">
      {quoted ? (
        <span className="flex items-center gap-1 font-strong">
          <OriginIcon origin={quoted.origin} size={12} />
          <bdi>{who}</bdi>
        </span>
      ) : null}
      <span dir="auto" className="written line-clamp-2">
        {text || words.message.quoteUnknown}
      </span>
    </blockquote>
  )
}

/** whoSaid names the one who said a message: the contact, the team member, or the origin. */
export function whoSaid(message: Message, conversation: Conversation, words: Parameters<typeof nameOf>[1]): string {
  if (message.direction === 'in') return nameOf(conversation.contact, words)
  return message.author?.name || originWord(words, message.origin)
}
