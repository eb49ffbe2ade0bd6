import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useConnection } from '../api/connection'
import { Problem } from '../api/client'
import { conversationQuery } from '../api/queries'
import type { Message } from '../api/types'
import { Blank } from '../ui/Blank'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { useWide } from '../ui/width'
import { explain, useWords } from '../words/words'
import { Composer } from './Composer'
import { Details } from './Details'
import { nameOf } from './naming'
import { Thread } from './thread/Thread'
import { ThreadHeader } from './thread/ThreadHeader'
import { useReading } from './thread/reading'

type Props = { id: string; opened: number; onBack: () => void }

export function ConversationPane({ id, opened, onBack }: Props) {
  const { words, lang } = useWords()
  const { outgoing } = useConnection()
  const { data: conversation, error, refetch } = useQuery(conversationQuery(id))
  const [quoted, setQuoted] = useState<Message | null>(null)
  const [details, setDetails] = useState(false)
  const [sent, setSent] = useState(0)
  const roomForDetails = useWide(1100)
  const name = conversation ? nameOf(conversation.contact, words) : ''

  useReading(conversation)
  useEffect(() => {
    if (name) document.title = `${name} · ${words.app}`
    return () => {
      document.title = `${words.place.inbox} · ${words.app}`
    }
  }, [name, words])

  if (error) {
    const said = error instanceof Problem ? explain(lang, error) : { sentence: words.state.failed, fix: '' }
    return (
      <main className="grow">
        <Blank title={said.sentence} next={said.fix}>
          <Button onPress={onBack}>{words.state.toInbox}</Button>
          <Button onPress={() => void refetch()}>{words.act.again}</Button>
        </Blank>
      </main>
    )
  }
  if (!conversation) return <main aria-busy className="grow" />

  const reply = (message: Message) => {
    setQuoted(message)
    document.getElementById('composer')?.focus()
  }
  const send = (text: string) => {
    outgoing.send(id, text, quoted?.wamid ? { wamid: quoted.wamid, text: quoted.text } : null)
    setQuoted(null)
    setSent((n) => n + 1)
  }
  return (
    <>
      <main className="flex h-full min-w-0 grow flex-col" aria-label={words.thread.messages(name)}>
        <ThreadHeader
          conversation={conversation}
          onBack={onBack}
          onDetails={roomForDetails ? undefined : () => setDetails(true)}
        />
        <Thread conversation={conversation} sent={sent} onReply={reply} />
        <Composer
          conversation={conversation}
          quoted={quoted}
          opened={opened}
          onUnquote={() => setQuoted(null)}
          onSend={send}
        />
      </main>
      {roomForDetails ? (
        <aside aria-label={words.thread.details} className="scroller h-full w-75 shrink-0 overflow-y-auto border-s border-line bg-paper">
          <Details conversation={conversation} />
        </aside>
      ) : (
        <Dialog title={words.thread.details} closeLabel={words.act.close} place="side" open={details} onClose={() => setDetails(false)}>
          <Details conversation={conversation} />
        </Dialog>
      )}
    </>
  )
}
