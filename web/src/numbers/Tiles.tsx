import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { syncsQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { useWords } from '../words/words'

/** Tiles are what is known of a number at a glance. */
export function Tiles({ number }: { number: WaNumber }) {
  const { words, format } = useWords()
  const w = words.standing
  const phone = number.mode === 'coexistence'
  const { data: syncs } = useQuery({ ...syncsQuery(number.id), enabled: phone })
  const state = (kind: 'contacts' | 'history') => {
    const sync = syncs?.find((s) => s.kind === kind)
    return sync ? (w.states[sync.state] ?? sync.state) : '–'
  }
  const told = syncs?.find((s) => s.kind === 'history')?.told
  return (
    <ul className="grid gap-3 two:grid-cols-3">
      {number.pace ? (
        <Tile name={w.speed} note={`${words.numbers.paceFrom(number.pace.source, format.date(number.pace.from))}${phone ? ` · ${w.speedNote}` : ''}`}>
          {words.numbers.mps(number.pace.mps)}
        </Tile>
      ) : null}
      {phone ? (
        <Tile name={w.history} note={told && told.messages > 0 ? `${w.counts.messages}: ${format.number(told.messages)}` : undefined}>
          {state('history')}
        </Tile>
      ) : null}
      {phone ? <Tile name={w.contacts}>{state('contacts')}</Tile> : null}
    </ul>
  )
}

function Tile({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <li className="rounded-2xl bg-ground p-4">
      <p className="text-sm text-soft">{name}</p>
      <p className="text-lg font-strong">{children}</p>
      {note ? <p className="mt-1 text-xs text-soft">{note}</p> : null}
    </li>
  )
}
