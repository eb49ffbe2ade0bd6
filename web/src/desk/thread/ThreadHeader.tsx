import { ArrowLeft, Info } from 'lucide-react'
import type { Conversation } from '../../api/types'
import { IconButton } from '../../ui/Button'
import { useWords } from '../../words/words'
import { nameOf } from '../naming'
import { HandlerChip } from './HandlerChip'
import { WindowNote } from './WindowNote'

type Props = { conversation: Conversation; onBack: () => void; onDetails?: () => void }

export function ThreadHeader({ conversation, onBack, onDetails }: Props) {
  const { words } = useWords()
  return (
    <header className="flex min-h-14 shrink-0 items-center gap-2 border-b border-line bg-paper ps-2 pe-2 two:ps-5 two:pe-3">
      <span className="two:hidden">
        <IconButton label={words.act.back} onPress={onBack}>
          <ArrowLeft size={20} className="rtl:-scale-x-100" aria-hidden />
        </IconButton>
      </span>
      <div className="flex min-w-0 grow flex-col py-1.5">
        <h2 dir="auto" className="line text-base font-strong">
          {nameOf(conversation.contact, words)}
        </h2>
        <WindowNote window={conversation.window} />
      </div>
      <HandlerChip conversation={conversation} />
      {onDetails ? (
        <IconButton label={words.thread.details} onPress={onDetails}>
          <Info size={20} aria-hidden />
        </IconButton>
      ) : null}
    </header>
  )
}
