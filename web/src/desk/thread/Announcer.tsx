import { useEffect, useEffectEvent, useState } from 'react'
import { useConnection } from '../../api/connection'
import type { Conversation, Message } from '../../api/types'
import { useWords } from '../../words/words'
import { nameOf } from '../naming'
import { originWord } from '../origin'
import { summaryText } from '../summary'

/** Announcer says each new message to the screen reader once, politely; imported and older ones it passes over. */
export function Announcer({ conversation }: { conversation: Conversation }) {
  const { words } = useWords()
  const { live, session } = useConnection()
  const [said, setSaid] = useState('')

  const hear = useEffectEvent((message: Message) => {
    if (message.conversation_id !== conversation.id) return
    // Who has just pressed Send knows it.
    if (message.author?.id === session.person.id) return
    const who = message.direction === 'in' ? nameOf(conversation.contact, words) : (message.author?.name ?? words.message.you)
    setSaid(words.thread.announce(who, originWord(words, message.origin), summaryText(message, words)))
  })
  useEffect(() => live.listen((message) => hear(message)), [live])

  return (
    <div role="status" aria-live="polite" className="sr-only">
      {said}
    </div>
  )
}
