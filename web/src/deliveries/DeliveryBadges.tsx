import type { Delivery } from '../api/types'
import { Badge, type BadgeTone } from '../ui/Badge'
import { useWords } from '../words/words'

const tones: Record<string, BadgeTone> = { parked: 'bad', unknown: 'warn' }

export function DeliveryBadges({ delivery }: { delivery: Delivery }) {
  const { words } = useWords()
  const names: Record<string, string> = words.deliveries.states
  return (
    <span className="flex gap-1">
      {delivery.unknown > 0 ? <Badge tone="warn">{words.deliveries.unknownCount(delivery.unknown)}</Badge> : null}
      {delivery.state === 'unknown' && delivery.unknown > 0 ? null : (
        <Badge tone={tones[delivery.state] ?? 'plain'}>{names[delivery.state] ?? delivery.state}</Badge>
      )}
    </span>
  )
}
