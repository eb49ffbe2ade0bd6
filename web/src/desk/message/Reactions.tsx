import type { MessageReaction } from '../../api/types'
import { useWords } from '../../words/words'

/** Reactions hang on the lower edge of the message they belong to. */
export function Reactions({ reactions }: { reactions: MessageReaction[] }) {
  const { words } = useWords()
  if (reactions.length === 0) return null
  return (
    <span className="-mt-1.5 flex gap-1 px-2">
      {reactions.map((r) => (
        <span
          key={`${r.from}-${r.emoji}`}
          title={words.message.reactionBy[r.from]}
          className="inline-flex h-6 items-center gap-1 rounded-full border border-line bg-raised px-1.5 text-sm shadow-bubble"
        >
          {r.emoji}
          <span className="sr-only">{words.message.reactionBy[r.from]}</span>
        </span>
      ))}
    </span>
  )
}
