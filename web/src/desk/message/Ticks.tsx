import { Ban, Check, CheckCheck, CircleAlert, CircleHelp, Clock, Hourglass, type LucideIcon } from 'lucide-react'
import type { Status } from '../../api/types'
import { useWords } from '../../words/words'

const look: Record<Status, [LucideIcon, string] | null> = {
  received: null,
  queued: [Clock, 'text-faint'],
  held: [Hourglass, 'text-warn'],
  sending: [Clock, 'text-faint'],
  in_doubt: [CircleHelp, 'text-warn'],
  needs_person: [CircleHelp, 'text-warn'],
  accepted: [Check, 'text-faint'],
  sent: [Check, 'text-faint'],
  delivered: [CheckCheck, 'text-faint'],
  read: [CheckCheck, 'text-seen'],
  failed: [CircleAlert, 'text-bad'],
  expired: [CircleAlert, 'text-bad'],
  cancelled: [Ban, 'text-faint'],
}

/** Ticks show how far a message of ours has got; the word is there for who cannot see or tell the colour. */
export function Ticks({ status, size = 14 }: { status: Status; size?: number }) {
  const { words } = useWords()
  const shape = look[status]
  if (!shape) return null
  const [Icon, colour] = shape
  return (
    <span className={`inline-flex shrink-0 ${colour}`} title={words.status[status]} data-status={status}>
      <Icon size={size} strokeWidth={2.25} aria-hidden />
      <span className="sr-only">{words.status[status]}</span>
    </span>
  )
}
