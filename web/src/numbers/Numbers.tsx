import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Plus, Smartphone } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { useNow } from '../api/clock'
import { useConnection } from '../api/connection'
import { numbersQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { paths } from '../paths'
import { Badge, type BadgeTone } from '../ui/Badge'
import { Blank, Bones } from '../ui/Blank'
import { Button, buttonLook } from '../ui/Button'
import { Ltr } from '../ui/Ltr'
import { Page } from '../ui/Page'
import { BackToInbox } from '../ui/BackToInbox'
import { useWords } from '../words/words'
import { Opened } from './connect/Opening'

/** Numbers shows how each number stands; every figure of Meta's carries the date it holds from. */
export function Numbers() {
  const { words } = useWords()
  const { session } = useConnection()
  const query = useQuery(numbersQuery)
  useEffect(() => {
    document.title = `${words.numbers.title} · ${words.app}`
  }, [words])

  const body = () => {
    if (query.isPending) return <Bones rows={2} label={words.state.loading} />
    if (query.isError) {
      return (
        <Blank title={words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    if (query.data.length === 0) {
      return <Blank icon={<Smartphone size={32} aria-hidden />} title={words.numbers.empty} next={words.numbers.emptyNext} />
    }
    return (
      <ul className="flex flex-col gap-4">
        {query.data.map((number) => (
          <NumberCard key={number.id} number={number} />
        ))}
      </ul>
    )
  }
  return (
    <Page
      title={words.numbers.title}
      lead={words.numbers.lead}
      back={<BackToInbox label={words.place.inbox} />}
      action={
        session.person.role === 'agent' ? null : (
          <a href={paths.connect} className={buttonLook('primary', 'min-h-9')}>
            <Plus size={18} aria-hidden />
            {words.numbers.connect}
          </a>
        )
      }
    >
      <Opened />
      {body()}
    </Page>
  )
}

function stageTone(stage: string): BadgeTone {
  if (stage === 'live') return 'good'
  return stage === 'disconnected' || stage === 'offboarded' ? 'bad' : 'warn'
}

/** known looks a word up by a name the server chose, and shows the name itself where there is none. */
function known(table: Record<string, string>, name: string): string {
  return table[name] ?? name
}

function NumberCard({ number }: { number: WaNumber }) {
  const { words, format } = useWords()
  const { heartbeat, pace, history_sync: history } = number
  return (
    <li className="rounded-2xl border border-line p-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-lg font-strong">
          <Link to="/numbers/$id" params={{ id: number.id }} className="underline-offset-4 hover:underline">
            <bdi>{number.name || number.display}</bdi>
          </Link>
        </h2>
        <Ltr className="tabular text-soft">{number.display}</Ltr>
        <span className="ms-auto">
          <Badge tone={stageTone(number.stage)}>{known(words.numbers.stages, number.stage)}</Badge>
        </span>
      </div>
      <p className="mt-1 text-sm text-soft">{known(words.numbers.mode, number.mode)}</p>
      <dl className="mt-5 grid gap-x-8 gap-y-5 two:grid-cols-3">
        {number.mode === 'coexistence' ? (
          <Fact name={words.numbers.heartbeat}>
            <Beat heartbeat={heartbeat} />
          </Fact>
        ) : null}
        {pace ? (
          <Fact name={words.numbers.pace} note={words.numbers.paceFrom(pace.source, format.date(pace.from))}>
            {words.numbers.mps(pace.mps)}
          </Fact>
        ) : null}
        {history ? (
          <Fact name={words.numbers.history}>
            {known(words.numbers.sync, history.state)}
            {history.progress > 0 && history.progress < 100 ? <span className="tabular text-soft"> {history.progress} %</span> : null}
          </Fact>
        ) : null}
      </dl>
      <Link
        to="/numbers/$id"
        params={{ id: number.id }}
        aria-label={`${words.numbers.details}: ${number.name || number.display}`}
        className="mt-4 inline-flex min-h-8 items-center gap-1 text-sm font-strong text-accent underline-offset-4 hover:underline pointer-coarse:min-h-11"
      >
        {words.numbers.details}
        <ChevronRight size={16} className="rtl:-scale-x-100" aria-hidden />
      </Link>
    </li>
  )
}

/** Beat never says "healthy": it says what was seen, when, and how much that proves. */
function Beat({ heartbeat }: { heartbeat: WaNumber['heartbeat'] }) {
  const { words, format } = useWords()
  const now = useNow(60_000)
  if (!heartbeat?.last_at) {
    return (
      <>
        {words.numbers.noEvidence}
        <span className="block text-xs text-faint">{words.numbers.noEvidenceNext}</span>
      </>
    )
  }
  const kind = heartbeat.kind ? known(words.numbers.beat, heartbeat.kind) : ''
  const evidence = heartbeat.evidence ? known(words.numbers.evidence, heartbeat.evidence) : ''
  return (
    <>
      <time dateTime={heartbeat.last_at} title={format.full(heartbeat.last_at)}>
        {words.duration.ago(format.duration(Math.max(now - Date.parse(heartbeat.last_at), 0)))}
      </time>
      <span className="block text-xs text-faint">{[kind, evidence].filter(Boolean).join(' · ')}</span>
    </>
  )
}

function Fact({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="text-base">
        {children}
        {note ? <span className="block text-xs text-faint">{note}</span> : null}
      </dd>
    </div>
  )
}
