import { useQuery } from '@tanstack/react-query'
import { stateShown } from '../api/movein'
import { syncsQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { Tile } from '../ui/Tile'
import { useWords } from '../words/words'

/** Tiles are what is known of a number at a glance. */
export function Tiles({ number }: { number: WaNumber }) {
  const { words, format } = useWords()
  const w = words.standing
  const phone = number.mode === 'coexistence'
  const { data: syncs } = useQuery({ ...syncsQuery(number.id), enabled: phone })
  const state = (kind: 'contacts' | 'history') => {
    const sync = syncs?.find((s) => s.kind === kind)
    if (!sync) return '–'
    const shown = stateShown(sync, number.stage)
    return w.states[shown] ?? shown
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
