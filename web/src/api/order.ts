import type { Message } from './types'

/**
 * instant makes RFC 3339 UTC times comparable as text: the fraction may be
 * absent or have up to six digits ("…07Z", "…07.5Z", "…07.123456Z").
 */
export function instant(at: string): string {
  const bare = at.endsWith('Z') ? at.slice(0, -1) : at
  const [seconds = '', fraction = ''] = bare.split('.')
  return `${seconds}.${fraction.padEnd(6, '0')}`
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

type Placed = Pick<Message, 'at' | 'direction' | 'wamid' | 'id'>

/** compareMessages is the one order of a conversation: time, then incoming first, then WAMID or id. */
export function compareMessages(a: Placed, b: Placed): number {
  return (
    compareText(instant(a.at), instant(b.at)) ||
    compareText(a.direction, b.direction) ||
    compareText(a.wamid ?? a.id, b.wamid ?? b.id)
  )
}

/** olderSeq tells whether journal sequence a lies before b; both are decimal digits without leading zeros. */
export function olderSeq(a: string, b: string): boolean {
  if (a.length !== b.length) return a.length < b.length
  return a < b
}
