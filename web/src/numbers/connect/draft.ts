import { useCallback, useState } from 'react'
import type { Mode, Prospect } from '../../api/movein'

export type Answer = '' | 'yes' | 'no'

/** Draft is what a person has told the wizard so far; it outlives a reload, and is forgotten at sign-out. */
export type Draft = {
  number: string
  app: '' | 'business' | 'consumer' | 'none'
  version: string
  days: string
  otherPartner: Answer
  creditLine: Answer
  verified: Answer
  payment: Answer
  mode: Mode
  ticked: string[]
  sharing: Answer
}

const fresh: Draft = {
  number: '', app: '', version: '', days: '', otherPartner: '', creditLine: '', verified: '', payment: '', mode: 'coexistence', ticked: [], sharing: '',
}

const place = 'wasl.connect'

/** What changes on the phone, one tick each, by the way the number is to be used. */
export const changes: Record<Mode, readonly string[]> = {
  coexistence: ['devices', 'lists', 'vanishing', 'stays', 'badge', 'edits', 'backup'],
  cloud: ['leaves', 'chats', 'price', 'pin', 'backup'],
}

export function allTicked(draft: Draft): boolean {
  return changes[draft.mode].every((change) => draft.ticked.includes(change))
}

/** prospectOf leaves out what was not answered: it is then said to be unknown. */
export function prospectOf(draft: Draft): Prospect {
  const yes = (answer: Answer) => (answer ? answer === 'yes' : undefined)
  const days = Number.parseInt(latin(draft.days), 10)
  return {
    number: draft.number.trim(),
    app: draft.app || undefined,
    app_version: draft.version.trim() || undefined,
    active_days: Number.isNaN(days) || days < 0 ? undefined : days,
    other_partner: yes(draft.otherPartner),
    credit_line: yes(draft.creditLine),
    meta_verified: yes(draft.verified),
    payment_method: yes(draft.payment),
  }
}

/** latin writes Arabic-Indic and Persian digits as the ones programs read. */
function latin(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
}

export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(read)
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((old) => {
      const next = { ...old, ...part }
      try {
        localStorage.setItem(place, JSON.stringify(next))
      } catch {
        // Without storage it lasts until the page is closed.
      }
      return next
    })
  }, [])
  return [draft, change]
}

export function forgetDraft(): void {
  try {
    localStorage.removeItem(place)
  } catch {
    // There was nothing to forget.
  }
}

/** read takes over only what has the form of a draft: an older version may have left another. */
function read(): Draft {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return fresh
    const known = Object.entries(kept).filter(([name, value]) => {
      const usual: unknown = Reflect.get(fresh, name)
      return Array.isArray(usual) ? Array.isArray(value) : usual !== undefined && typeof value === typeof usual
    })
    return { ...fresh, ...(Object.fromEntries(known) as Partial<Draft>) }
  } catch {
    return fresh
  }
}
