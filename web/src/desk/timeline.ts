import { instant } from '../api/order'
import type { Message } from '../api/types'
import type { Unsent } from '../api/unsent'

export type Item =
  | { is: 'day'; key: string; at: string }
  | { is: 'imported'; key: string }
  | { is: 'live'; key: string }
  /** together: continues what the same one said a moment before, so it stands closer. */
  | { is: 'message'; key: string; message: Message; together: boolean }
  | { is: 'unsent'; key: string; unsent: Unsent }

const moment = 3 * 60_000

/** timeline lays messages in order out as what the thread shows: days, the imported stretch, messages, and what is still leaving. */
export function timeline(messages: Message[], unsent: Unsent[]): Item[] {
  const items: Item[] = []
  let before: Message | null = null
  for (const message of messages) {
    const imported = message.provenance !== 'live'
    const newDay = !before || localDay(before.at) !== localDay(message.at)
    if (imported && (!before || before.provenance === 'live')) items.push({ is: 'imported', key: `imported-${message.id}` })
    if (before && before.provenance !== 'live' && !imported) items.push({ is: 'live', key: `live-${message.id}` })
    if (newDay) items.push({ is: 'day', key: `day-${localDay(message.at)}-${imported}`, at: message.at })
    items.push({ is: 'message', key: message.id, message, together: !newDay && goesWith(before, message) })
    before = message
  }
  for (const u of unsent) items.push({ is: 'unsent', key: u.key, unsent: u })
  return items
}

function goesWith(before: Message | null, message: Message): boolean {
  return (
    before !== null &&
    before.origin === message.origin &&
    before.author?.id === message.author?.id &&
    before.provenance === message.provenance &&
    Date.parse(message.at) - Date.parse(before.at) < moment
  )
}

function localDay(at: string): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? instant(at).slice(0, 10) : `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}
