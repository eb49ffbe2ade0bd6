import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Bot, ChevronDown, CircleDashed, Headset, Smartphone, type LucideIcon } from 'lucide-react'
import { Button as AriaButton, MenuTrigger } from 'react-aria-components'
import { calls } from '../../api/calls'
import { useNow } from '../../api/clock'
import { keys } from '../../api/keys'
import type { Conversation, Handler } from '../../api/types'
import { Menu, MenuItem } from '../../ui/Menu'
import { useWords } from '../../words/words'

const icons: Record<Handler, LucideIcon> = { nobody: CircleDashed, bot: Bot, person: Headset, phone: Smartphone }

/** HandlerChip says who is answering, and lets a person take the conversation or give it back. */
export function HandlerChip({ conversation }: { conversation: Conversation }) {
  const { words, format } = useWords()
  const now = useNow(30_000)
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: (how: 'takeover' | 'handback') => calls[how](conversation.id),
    onSuccess: (next) => cache.setQueryData(keys.conversation(next.id), next),
  })
  const { handler, handler_until } = conversation
  const Icon = icons[handler] ?? CircleDashed
  const held = handler === 'person' || handler === 'phone'
  return (
    <MenuTrigger>
      <AriaButton className="inline-flex min-h-8 shrink-0 items-center gap-2 rounded-lg border border-line px-2.5 text-sm text-soft hover:bg-hover hover:text-ink">
        <Icon size={16} aria-hidden />
        <span className="max-two:sr-only">
          {words.handler[handler] ?? handler}
          {handler_until ? <span className="text-faint"> {words.handler.until(format.upcoming(handler_until, now))}</span> : null}
        </span>
        <ChevronDown size={14} aria-hidden />
      </AriaButton>
      <Menu aria-label={words.handler.title} placement="bottom end">
        {handler === 'person' ? null : (
          <MenuItem icon={<Headset size={16} aria-hidden />} onAction={() => change.mutate('takeover')}>
            {words.handler.takeover}
          </MenuItem>
        )}
        {held ? (
          <MenuItem icon={<Bot size={16} aria-hidden />} onAction={() => change.mutate('handback')}>
            {words.handler.handback}
          </MenuItem>
        ) : null}
      </Menu>
    </MenuTrigger>
  )
}
