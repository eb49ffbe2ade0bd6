import { useInfiniteQuery } from '@tanstack/react-query'
import { timelineQuery } from '../api/queries'
import type { Happening } from '../api/types'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import type { Words } from '../words/en'
import { useWords } from '../words/words'

/** Happenings is the timeline of a number: what happened, when, why and by whom. */
export function Happenings({ number }: { number: string }) {
  const { words, format } = useWords()
  const w = words.happenings
  const query = useInfiniteQuery(timelineQuery(number))
  const list = query.data?.pages.flatMap((page) => page.data) ?? []
  const body = () => {
    if (query.isPending) return <Bones rows={3} label={words.state.loading} />
    if (query.isError && list.length === 0) {
      return (
        <Blank title={w.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    if (list.length === 0) return <p className="text-soft">{w.none}</p>
    return (
      <ol className="flex flex-col" data-testid="happenings">
        {list.map((h) => (
          <li key={h.seq} data-field={h.field} data-event={h.event} className="flex flex-col gap-x-4 border-t border-line py-2 two:flex-row">
            <time dateTime={h.at} className="tabular shrink-0 text-sm text-soft two:w-44">
              {format.full(h.at)}
            </time>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {sentenceOf(h, words)} <span className="text-sm text-soft">{notesOf(h, words, format.full)}</span>
            </span>
          </li>
        ))}
      </ol>
    )
  }
  return (
    <section aria-labelledby="happenings" className="flex flex-col gap-3">
      <div>
        <h2 id="happenings" className="text-lg font-strong">
          {w.title}
        </h2>
        <p className="text-sm text-soft">{w.lead}</p>
      </div>
      {body()}
      {query.hasNextPage ? (
        <Button className="self-start" isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
          {w.earlier}
        </Button>
      ) : null}
    </section>
  )
}

/** sentenceOf says in plain words what happened; what has no words yet is shown as Meta wrote it. */
export function sentenceOf(h: Happening, words: Words): string {
  const w = words.happenings
  const value = (v: string) => w.values[v] ?? words.standing.states[v] ?? v
  if (h.kind === 'history.declined') return w.declined
  if (h.kind === 'error.reported') return `${w.error} ${h.event}`
  if (h.field === 'stage') return `${w.stage} ${value(h.event)}`
  if (h.field === 'onboarding') return `${w.onboarding} ${(words.connect.live.steps as Record<string, string>)[h.event] ?? value(h.event)}`
  if (h.field === 'sync_contacts') return `${w.contacts} ${words.standing.states[h.event] ?? h.event}`
  if (h.field === 'sync_history') return `${w.history} ${words.standing.states[h.event] ?? h.event}`
  if (h.field === 'phone_number_quality_update') return `${w.quality} ${h.event}`
  return w.events[h.event] ?? `${w.other} ${[h.field, h.event].filter(Boolean).join(' ')}`
}

function notesOf(h: Happening, words: Words, full: (at: string) => string): string {
  const w = words.happenings
  const reasons = h.reason
    .split(', ')
    .filter(Boolean)
    .map((r) => words.standing.stoppedBy[r] ?? w.values[r] ?? (h.field === 'heartbeat' ? '' : r))
  return [
    ...reasons,
    h.code > 0 ? w.code(String(h.code)) : '',
    h.by_name ? w.by(h.by_name) : '',
    h.until ? w.until(full(h.until)) : '',
  ].filter(Boolean).join(' · ')
}
