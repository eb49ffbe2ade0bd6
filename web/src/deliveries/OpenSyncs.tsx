import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useEffect } from 'react'
import { useNow } from '../api/clock'
import { useConnection } from '../api/connection'
import type { Sync } from '../api/movein'
import { numbersQuery, openSyncsQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { BackToInbox } from '../ui/BackToInbox'
import { Badge } from '../ui/Badge'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { Ltr } from '../ui/Ltr'
import { Page } from '../ui/Page'
import { Ring } from '../ui/Ring'
import { useWords } from '../words/words'
import { Tabs } from './Tabs'

/** OpenSyncs shows an operator whose day to ask runs out next, over all businesses. */
export function OpenSyncs() {
  const { words } = useWords()
  const { session } = useConnection()
  const w = words.standing.opens
  useEffect(() => {
    document.title = `${w.title} · ${words.app}`
  }, [w, words])
  return (
    <Page title={w.title} lead={w.lead} back={<BackToInbox label={words.place.inbox} />}>
      {session.person.operator ? (
        <>
          <Tabs />
          <List />
        </>
      ) : (
        <Blank title={w.refused} />
      )}
    </Page>
  )
}

function List() {
  const { words } = useWords()
  const w = words.standing.opens
  const query = useQuery(openSyncsQuery)
  const numbers = useQuery(numbersQuery)
  if (query.isPending) return <Bones rows={4} label={words.state.loading} />
  if (query.isError) {
    return (
      <Blank title={words.state.failed}>
        <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
      </Blank>
    )
  }
  if (query.data.length === 0) return <Blank icon={<RefreshCw size={32} aria-hidden />} title={w.empty} next={w.emptyNext} />
  return (
    <ul className="divide-y divide-line rounded-2xl border border-line" data-testid="open-syncs">
      {query.data.map((sync) => (
        <Row key={`${sync.number_id} ${sync.kind}`} sync={sync} number={numbers.data?.find((n) => n.id === sync.number_id)} />
      ))}
    </ul>
  )
}

const day = 24 * 3_600_000

function Row({ sync, number }: { sync: Sync; number?: WaNumber }) {
  const { words, format } = useWords()
  const w = words.standing
  const now = useNow(10_000)
  const left = Date.parse(sync.deadline_at) - now
  // Once Meta has accepted it the day does not matter any more.
  const runs = !sync.accepted_at
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
      <span className="min-w-0 grow">
        <span className="font-strong">{number ? <bdi>{number.name || number.display}</bdi> : <Ltr className="font-mono text-sm">{sync.number_id}</Ltr>}</span>
        <span className="text-soft"> · {w.kinds[sync.kind]}</span>
        <span className="block text-xs text-faint">
          {w.opens.business} <Ltr className="font-mono">{sync.business_id}</Ltr>
          {sync.tries > 0 ? ` · ${w.opens.tries(sync.tries)}` : null}
        </span>
      </span>
      {sync.title ? (
        <span dir="auto" className="text-sm text-bad">
          {sync.title} <Ltr className="tabular">({sync.code})</Ltr>
        </span>
      ) : null}
      <span className="tabular flex items-center gap-2 text-sm text-soft">
        {runs ? <Ring left={Math.max(0, left / day)} tone={left < day / 4 ? 'bad' : 'good'} size={16} /> : null}
        {sync.accepted_at ? w.clockKept(format.upcoming(sync.accepted_at, now)) : left > 0 ? w.opens.left(format.duration(left)) : w.opens.over}
      </span>
      <Badge tone={sync.state === 'silent' ? 'bad' : 'plain'}>{w.states[sync.state] ?? sync.state}</Badge>
    </li>
  )
}
