import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, CircleAlert, CircleCheck, CirclePause, CircleX, type LucideIcon } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { calls } from '../api/calls'
import { Problem } from '../api/client'
import { useNow } from '../api/clock'
import { useConnection } from '../api/connection'
import { keys } from '../api/keys'
import { numberQuery, syncsQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { paths } from '../paths'
import { Blank, Bones } from '../ui/Blank'
import { Button, buttonLook } from '../ui/Button'
import { cx } from '../ui/class'
import { Ltr } from '../ui/Ltr'
import { Page } from '../ui/Page'
import type { Format } from '../words/format'
import type { Words } from '../words/en'
import { useWords } from '../words/words'
import { Syncs } from './Syncs'

/** NumberPage begins with one sentence on how the number stands; everything below is why. */
export function NumberPage() {
  const { words } = useWords()
  const { id } = useParams({ from: '/numbers/$id' })
  const query = useQuery(numberQuery(id))
  const name = query.data?.name || query.data?.display
  useEffect(() => {
    document.title = `${name ?? words.numbers.title} · ${words.app}`
  }, [name, words])
  const back = (
    <Link to={paths.numbers} className="mb-2 inline-flex min-h-8 items-center gap-2 self-start text-sm font-strong text-accent pointer-coarse:min-h-11">
      <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
      {words.standing.back}
    </Link>
  )
  const body = () => {
    if (query.isPending) return <Bones rows={4} label={words.state.loading} />
    if (query.isError && !query.data) {
      const gone = query.error instanceof Problem && query.error.status === 404
      return (
        <Blank title={gone ? words.state.notFound : words.state.failed}>
          {gone ? null : <Button onPress={() => void query.refetch()}>{words.act.again}</Button>}
        </Blank>
      )
    }
    return query.data ? <Contents number={query.data} /> : null
  }
  const title = query.data ? (
    <span className="flex flex-wrap items-baseline gap-x-3">
      <bdi>{query.data.name || query.data.display}</bdi>
      <Ltr className="tabular text-lg text-soft">{query.data.display}</Ltr>
    </span>
  ) : (
    words.numbers.title
  )
  return (
    <Page title={title} back={back}>
      {body()}
    </Page>
  )
}

function Contents({ number }: { number: WaNumber }) {
  const phone = number.mode === 'coexistence'
  const cut = number.stage !== 'live' || number.stopped !== ''
  return (
    <div className="flex flex-col gap-8">
      <Standing number={number} />
      {cut && phone ? <Relink number={number} /> : null}
      <Tiles number={number} />
      {phone ? <Syncs number={number.id} /> : null}
      {phone ? <ImportLink number={number.id} /> : null}
      {phone ? <Carries /> : null}
      {!cut && phone ? <Relink number={number} /> : null}
      <Ids number={number} />
    </div>
  )
}

type Said = { icon: LucideIcon; tone: string; sentence: string; next: string }

/** standingOf is the one sentence, from what the server knows. */
function standingOf(number: WaNumber, now: number, words: Words, format: Format): Said {
  const w = words.standing
  if (number.stage === 'disconnected') return { icon: CircleX, tone: 'text-bad', sentence: words.away.why[number.away?.reason ?? ''] ?? w.disconnected, next: words.away.todo[number.away?.todo ?? ''] ?? w.disconnectedNext }
  if (number.stage === 'suspended') return { icon: CirclePause, tone: 'text-warn', sentence: w.suspended, next: w.suspendedNext }
  if (number.stage !== 'live') return { icon: CirclePause, tone: 'text-warn', sentence: w.other(number.stage), next: '' }
  if (number.stopped) return { icon: CircleX, tone: 'text-bad', sentence: w.stopped, next: w.stoppedBy[number.stopped] ?? number.stopped }
  if (number.mode === 'cloud') return { icon: CircleCheck, tone: 'text-good', sentence: w.workingCloud, next: '' }
  const beat = number.heartbeat
  const left = w.openNow(w.daysLeft(beat?.days_left ?? 0))
  const warned = { icon: CircleAlert, tone: 'text-warn' }
  if (beat?.condition === 'overdue') return { icon: CircleX, tone: 'text-bad', sentence: w.overdue, next: left }
  if (beat?.condition === 'unknown') return { ...warned, sentence: w.neverSeen, next: left }
  const sure = beat?.sure_at ?? null
  const agoOf = (at: string) => words.duration.ago(format.duration(Math.max(now - Date.parse(at), 0)))
  if (beat?.condition === 'due' || beat?.condition === 'at_risk') return { ...warned, sentence: sure ? w.silent(agoOf(sure)) : w.neverSeen, next: left }
  if (!beat || !sure) return { icon: CircleCheck, tone: 'text-good', sentence: w.workingUnseen, next: w.workingUnseenNext }
  // The days are counted from what cannot come from a linked computer; a later weak sign is told as what it is.
  const proof = beat.sure_kind ? w.known(words.numbers.beat[beat.sure_kind]) : ''
  const later = beat.last_at && beat.evidence === 'weak' && Date.parse(beat.last_at) > Date.parse(sure) ? w.alsoWeak(agoOf(beat.last_at)) : ''
  return { icon: CircleCheck, tone: 'text-good', sentence: w.working(agoOf(sure)), next: [w.daysLeft(beat.days_left), proof, later].filter(Boolean).join(' · ') }
}

/** Opened is the owner's word that the phone lives: the strongest proof there is. */
function Opened({ number }: { number: WaNumber }) {
  const { words } = useWords()
  const cache = useQueryClient()
  const seen = useMutation({
    mutationFn: () => calls.phoneSeen(number.id),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.number(number.id) }),
  })
  if (seen.isSuccess) {
    return (
      <p role="status" className="mt-3 text-soft">
        {words.standing.openedThanks}
      </p>
    )
  }
  return (
    <Button className="mt-3" isDisabled={seen.isPending} onPress={() => seen.mutate()}>
      {words.standing.opened}
    </Button>
  )
}

function Standing({ number }: { number: WaNumber }) {
  const { words, format } = useWords()
  const now = useNow(15_000)
  const { icon: Icon, tone, sentence, next } = standingOf(number, now, words, format)
  return (
    <div className="flex items-start gap-3" data-testid="standing" data-stage={number.stage}>
      <Icon size={24} className={cx('mt-0.5 shrink-0', tone)} aria-hidden />
      <div>
        <p className="text-lg font-strong">{sentence}</p>
        {next ? <p className="max-w-160 text-soft">{next}</p> : null}
        {number.stage === 'live' && number.heartbeat && number.heartbeat.condition !== 'well' ? <Opened number={number} /> : null}
      </div>
    </div>
  )
}

function Tiles({ number }: { number: WaNumber }) {
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

function ImportLink({ number }: { number: string }) {
  const { words } = useWords()
  const { session } = useConnection()
  if (session.person.role === 'agent') return null
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <Link to="/numbers/$id/import" params={{ id: number }} className={buttonLook('plain', 'min-h-11')}>
        {words.imports.link}
      </Link>
      <span className="text-sm text-soft">{words.imports.linkWhy}</span>
    </p>
  )
}

function Carries() {
  const { words } = useWords()
  const w = words.standing
  return (
    <section aria-labelledby="carry">
      <h2 id="carry" className="text-lg font-strong">
        {w.carry}
      </h2>
      <p className="text-sm text-soft">{w.carryLead}</p>
      <ul className="mt-3 flex flex-wrap gap-2">
        {w.carries.map((what) => (
          <li key={what} className="rounded-full border border-line px-3 py-1 text-sm">
            {what}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Relink is what the owner does when the connection is gone; while all is well it stays folded. */
function Relink({ number }: { number: WaNumber }) {
  const { words } = useWords()
  const { session } = useConnection()
  const w = words.standing
  const cut = number.stage === 'disconnected' || number.stopped !== ''
  return (
    <details open={cut || undefined} className="rounded-2xl border border-line p-5">
      <summary className="cursor-pointer text-lg font-strong">{w.relink}</summary>
      <ol className="mt-3 flex list-decimal flex-col gap-2 ps-5 marker:text-soft">
        {w.relinkSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className="mt-3 text-sm text-soft">{w.relinkKept}</p>
      <div className="mt-4">
        {session.person.role === 'agent' ? (
          <p className="text-sm text-soft">{w.onlyManagers}</p>
        ) : (
          <a href={paths.connect} className={buttonLook(cut ? 'primary' : 'plain', 'min-h-11')}>
            {w.connectAgain}
          </a>
        )}
      </div>
    </details>
  )
}

function Ids({ number }: { number: WaNumber }) {
  const { words } = useWords()
  return (
    <section aria-labelledby="ids">
      <h2 id="ids" className="text-sm font-strong text-soft">
        {words.standing.ids}
      </h2>
      <dl className="mt-1 flex flex-wrap gap-x-8 gap-y-1 text-sm">
        {[
          [words.numbers.phoneNumberId, number.phone_number_id],
          [words.numbers.waba, number.waba_id],
        ].map(([name, value]) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="text-soft">{name}</dt>
            <dd>
              <Ltr className="font-mono">{value}</Ltr>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
