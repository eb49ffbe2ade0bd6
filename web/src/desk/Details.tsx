import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useNow } from '../api/clock'
import { contactQuery, numbersQuery } from '../api/queries'
import type { Conversation } from '../api/types'
import { Avatar } from '../ui/Avatar'
import { Badge } from '../ui/Badge'
import { Ltr } from '../ui/Ltr'
import { Ring } from '../ui/Ring'
import { useWords } from '../words/words'
import { nameOf, prettyPhone } from './naming'
import { windowView } from './window'

/** Details is what is known about the contact, the window and the number behind a conversation. */
export function Details({ conversation }: { conversation: Conversation }) {
  const { words, format } = useWords()
  const now = useNow(30_000)
  const contact = useQuery(contactQuery(conversation.contact.id)).data
  const number = useQuery(numbersQuery).data?.find((n) => n.id === conversation.number_id)
  const { phone, username } = conversation.contact
  const view = windowView(conversation.window, now)
  const { opened_at, closes_at } = conversation.window
  const identities = (contact?.identities ?? []).filter((identity) => identity.kind === 'bsuid')

  return (
    <div className="flex flex-col gap-6 p-5">
      <div className="flex flex-col items-center gap-2 text-center">
        <Avatar name={conversation.contact.name} size={72} ring={<Ring left={view.fraction} tone={view.tone} size={72} width={3} />} />
        <p dir="auto" className="max-w-full text-lg font-strong [overflow-wrap:anywhere]">
          {nameOf(conversation.contact, words)}
        </p>
        {contact?.opted_out ? <Badge tone="warn">{words.contact.optedOut}</Badge> : null}
      </div>

      <Group title={words.contact.title}>
        <Fact name={words.contact.phone}>
          {phone ? <Ltr className="tabular">{prettyPhone(phone)}</Ltr> : <span className="text-faint">{words.contact.noPhone}</span>}
        </Fact>
        {username ? (
          <Fact name={words.contact.username}>
            <Ltr>@{username}</Ltr>
          </Fact>
        ) : null}
        {contact ? <Fact name={words.contact.known}>{format.date(contact.created_at)}</Fact> : null}
        {identities.map((identity) => (
          <Fact key={identity.value} name={words.contact.identity.bsuid}>
            <Ltr className="font-mono text-xs [overflow-wrap:anywhere]">{identity.value}</Ltr>
          </Fact>
        ))}
      </Group>

      <Group title={words.window.title}>
        {opened_at ? <Fact name={words.window.opened}>{format.full(opened_at)}</Fact> : null}
        {closes_at ? <Fact name={view.open ? words.window.closes : words.window.lastClosed}>{format.full(closes_at)}</Fact> : null}
        <p className="text-sm text-soft">{words.window.why}</p>
      </Group>

      <Group title={words.handler.title}>
        <p className="text-base">
          {words.handler[conversation.handler] ?? conversation.handler}
          {conversation.handler_until ? ` ${words.handler.until(format.upcoming(conversation.handler_until, now))}` : ''}
        </p>
        {conversation.handler_reason ? (
          <p dir="auto" className="text-sm text-soft">
            {conversation.handler_reason}
          </p>
        ) : null}
      </Group>

      {number ? (
        <Group title={words.contact.number}>
          <p className="text-base">
            <bdi>{number.name}</bdi> <Ltr className="tabular text-soft">{number.display}</Ltr>
          </p>
          <p className="text-sm text-soft">{words.numbers.mode[number.mode]}</p>
        </Group>
      ) : null}
    </div>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="text-xs font-strong text-faint">{title}</h3>
      {children}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <p className="flex flex-col">
      <span className="text-xs text-faint">{name}</span>
      <span className="text-base">{children}</span>
    </p>
  )
}
