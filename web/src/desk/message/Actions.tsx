import { useMutation } from '@tanstack/react-query'
import { Copy, Ellipsis, History, Reply, SmilePlus } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton, Dialog as AriaDialog, DialogTrigger, MenuTrigger, Popover } from 'react-aria-components'
import { calls } from '../../api/calls'
import { newKey } from '../../api/client'
import type { Message } from '../../api/types'
import { IconButton } from '../../ui/Button'
import { Menu, MenuItem } from '../../ui/Menu'
import { useWords } from '../../words/words'

const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏']

type Props = { message: Message; onReply: () => void; onVersions: () => void; onOpenChange: (open: boolean) => void }

/** Actions are what one can do with a message: answer it, react to it, look into it. */
export function Actions({ message, onReply, onVersions, onOpenChange }: Props) {
  const { words } = useWords()
  const [picking, setPicking] = useState(false)
  // A reaction and a quote name the message by its WAMID, which it has from acceptance on.
  const wamid = message.revoked ? null : message.wamid
  const mine = message.reactions.find((r) => r.from === 'business')?.emoji
  const react = useMutation({
    mutationFn: (emoji: string) =>
      calls.send(message.conversation_id, { type: 'reaction', reaction: { message_id: wamid, emoji } }, newKey()),
  })
  const pick = (emoji: string) => {
    react.mutate(emoji === mine ? '' : emoji)
    setPicking(false)
    onOpenChange(false)
  }
  const opening = (set: (open: boolean) => void) => (open: boolean) => {
    set(open)
    onOpenChange(open)
  }

  return (
    <div role="toolbar" aria-label={words.message.actions} className="flex items-center rounded-lg border border-line bg-raised p-0.5 shadow-bubble">
      {wamid ? (
        <>
          <IconButton small label={words.message.reply} onPress={onReply}>
            <Reply size={16} className="rtl:-scale-x-100" aria-hidden />
          </IconButton>
          <DialogTrigger isOpen={picking} onOpenChange={opening(setPicking)}>
            <IconButton small label={words.message.react}>
              <SmilePlus size={16} aria-hidden />
            </IconButton>
            <Popover offset={6} className="animate-rise rounded-full border border-line bg-raised p-1 shadow-raised">
              <AriaDialog aria-label={words.message.react} className="flex gap-0.5 outline-none">
                {emojis.map((emoji) => (
                  <AriaButton
                    key={emoji}
                    aria-label={emoji === mine ? words.message.unreact : words.message.reactWith(emoji)}
                    onPress={() => pick(emoji)}
                    className={`flex size-9 items-center justify-center rounded-full text-lg hover:bg-hover ${emoji === mine ? 'bg-accent-wash' : ''}`}
                  >
                    {emoji}
                  </AriaButton>
                ))}
              </AriaDialog>
            </Popover>
          </DialogTrigger>
        </>
      ) : null}
      <MenuTrigger onOpenChange={onOpenChange}>
        <IconButton small label={words.message.actions}>
          <Ellipsis size={16} aria-hidden />
        </IconButton>
        <Menu aria-label={words.message.actions} placement="bottom end">
          <MenuItem icon={<Copy size={16} aria-hidden />} onAction={() => void navigator.clipboard?.writeText(message.text)}>
            {words.message.copy}
          </MenuItem>
          <MenuItem icon={<History size={16} aria-hidden />} onAction={onVersions}>
            {words.message.versions}
          </MenuItem>
        </Menu>
      </MenuTrigger>
    </div>
  )
}
