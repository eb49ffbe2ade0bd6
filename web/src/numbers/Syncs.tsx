import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { calls } from '../api/calls'
import { Problem } from '../api/client'
import { useNow } from '../api/clock'
import { useConnection } from '../api/connection'
import { keys } from '../api/keys'
import { ended, stateShown, type Sync, type Told } from '../api/movein'
import { syncsQuery } from '../api/queries'
import { Badge, type BadgeTone } from '../ui/Badge'
import { Blank, Bones } from '../ui/Blank'
import { Button, IconButton } from '../ui/Button'
import { Ltr } from '../ui/Ltr'
import { Ring } from '../ui/Ring'
import { explain, useWords } from '../words/words'

/** Syncs tells the truth about what the phone was asked for and has sent: counts, and never "done" before it is. */
export function Syncs({ number, stage = 'live' }: { number: string; stage?: string }) {
  const { words } = useWords()
  const w = words.standing
  const query = useQuery(syncsQuery(number))
  const body = () => {
    if (query.isPending) return <Bones rows={2} label={words.state.loading} />
    if (query.isError) {
      return (
        <Blank title={words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    return (
      <div className="flex flex-col gap-4">
        {query.data.map((sync) => (
          <Panel key={sync.kind} sync={sync} state={stateShown(sync, stage)} />
        ))}
      </div>
    )
  }
  if (query.data?.length === 0) return null
  return (
    <section className="flex flex-col gap-4" aria-labelledby="syncs">
      <div>
        <h2 id="syncs" className="text-lg font-strong">
          {w.syncs}
        </h2>
        <p className="text-sm text-soft">{w.syncsLead}</p>
      </div>
      {body()}
    </section>
  )
}

export function syncTone(state: string): BadgeTone {
  if (state === 'complete') return 'good'
  if (state === 'failed' || state === 'too_late' || state === 'silent') return 'bad'
  return state === 'declined' || state === 'already_used' || state === 'cut' ? 'warn' : 'plain'
}

function Panel({ sync, state }: { sync: Sync; state: string }) {
  const { words, format } = useWords()
  const w = words.standing
  const kind = w.kinds[sync.kind]
  // Refused for now, and nothing happens by itself: a person has to see to it.
  const cut = state === 'cut'
  const waits = state === 'not_requested' && sync.code > 0 && sync.next_at === null
  return (
    <article data-testid={`sync-${sync.kind}`} data-state={state} className="flex flex-col gap-4 rounded-2xl border border-line p-5" aria-label={kind}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-strong">{kind}</h3>
        <Badge tone={syncTone(state)}>{w.states[state] ?? state}</Badge>
        <span className="ms-auto text-sm text-soft">
          {cut ? null : <Clock sync={sync} />}
        </span>
      </div>
      <div>
        <p>{waits ? w.waitsForPerson : w.sayings[state]}</p>
        {sync.code > 0 ? <p className="text-sm text-soft">{w.meta(String(sync.code), sync.title)}</p> : null}
      </div>
      {sync.told && sync.accepted_at ? <History sync={sync} told={sync.told} /> : null}
      {cut ? null : <Quiet sync={sync} />}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 empty:hidden">
        {sync.request_id ? <RequestId id={sync.request_id} /> : null}
        {sync.may_retry && !cut ? <Retry sync={sync} /> : null}
      </div>
      {sync.kind === 'history' && sync.told && sync.told.messages > 0 ? (
        <p className="text-sm text-soft">{w.quietPromise}</p>
      ) : null}
      <span className="sr-only">{sync.heard_at ? format.exact(sync.heard_at) : ''}</span>
    </article>
  )
}

const day = 24 * 3_600_000

/** Clock is the day in which Meta takes the request, until it has. */
function Clock({ sync }: { sync: Sync }) {
  const { words, format } = useWords()
  const w = words.standing
  const now = useNow(10_000)
  if (sync.accepted_at) return <>{w.clockKept(format.upcoming(sync.accepted_at, now))}</>
  const left = Date.parse(sync.deadline_at) - now
  if (ended(sync) && !sync.may_retry) return null
  if (left <= 0) return <>{w.clockOver}</>
  return (
    <span className="flex items-center gap-2">
      <Ring left={left / day} tone={left < day / 4 ? 'warn' : 'good'} size={16} />
      <span className="tabular">{w.clock(format.duration(left), format.upcoming(sync.deadline_at, now))}</span>
    </span>
  )
}

function History({ sync, told }: { sync: Sync; told: Told }) {
  const { words, format } = useWords()
  const w = words.standing
  const counts = ['messages', 'threads', 'chunks', 'told', 'found', 'waiting', 'lost', 'not_applied', 'set_aside'] as const
  // Pieces are in work or set aside only seldom: then it has to be seen.
  const shown = counts.filter((c) => (c !== 'not_applied' && c !== 'set_aside') || told[c] > 0)
  const phase = sync.phase === null ? w.noPhase : (w.phases[sync.phase] ?? String(sync.phase))
  return (
    <>
      <div className="flex flex-col gap-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span>
            <span className="text-soft">{w.phase}: </span>
            {phase}
          </span>
          <span className="tabular">{w.percent(`${format.number(sync.progress)} %`)}</span>
        </div>
        <progress
          aria-label={w.history}
          value={sync.progress}
          max={100}
          className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
        />
        <p className="text-xs text-faint">{w.percentNote}</p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 two:grid-cols-4">
        {shown.map((name) => (
          <div key={name}>
            <dt className="text-xs text-faint">{w.counts[name]}</dt>
            <dd data-count={name} className="tabular text-lg">
              {format.number(told[name])}
            </dd>
            {name in w.countNotes && told[name] > 0 ? (
              <dd className="text-xs text-faint">{w.countNotes[name as keyof typeof w.countNotes]}</dd>
            ) : null}
          </div>
        ))}
      </dl>
    </>
  )
}

/** Quiet says for how long nothing has come, while something is still expected. */
function Quiet({ sync }: { sync: Sync }) {
  const { words } = useWords()
  const now = useNow(10_000)
  if (ended(sync) || !sync.accepted_at) return null
  const since = Date.parse(sync.heard_at ?? sync.accepted_at)
  const minutes = Math.max(0, Math.floor((now - since) / 60_000))
  if (minutes === 0) return sync.heard_at ? <p className="text-sm text-soft">{words.standing.justNow}</p> : null
  return <p className="text-sm text-soft">{words.standing.quiet(minutes)}</p>
}

function RequestId({ id }: { id: string }): ReactNode {
  const { words } = useWords()
  const w = words.standing
  const [copied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard?.writeText(id).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 2_000)
    })
  }
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm text-soft">
      {w.requestId}
      <span className="flex min-w-0 items-center gap-1">
        <Ltr className="font-mono text-xs [overflow-wrap:anywhere]">{id}</Ltr>
        <IconButton small label={w.copy} onPress={copy}>
          <Copy size={14} aria-hidden />
        </IconButton>
      </span>
      <span role="status">{copied ? words.act.copied : ''}</span>
    </span>
  )
}

function Retry({ sync }: { sync: Sync }) {
  const { words, lang } = useWords()
  const { session } = useConnection()
  const cache = useQueryClient()
  const retry = useMutation({
    mutationFn: () => calls.retrySync(sync.number_id, sync.kind),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.syncs(sync.number_id) }),
  })
  if (session.person.role === 'agent') return <span className="text-sm text-soft">{words.standing.onlyManagers}</span>
  const refused = retry.error instanceof Problem ? explain(lang, retry.error) : null
  return (
    <>
      <Button isDisabled={retry.isPending} onPress={() => retry.mutate()}>
        {words.standing.retry}
      </Button>
      {refused ? (
        <span role="alert" className="text-sm text-bad">
          {refused.sentence} {refused.fix}
        </span>
      ) : null}
    </>
  )
}
