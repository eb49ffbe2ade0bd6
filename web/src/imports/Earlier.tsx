import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { importsQuery, type ChatImport, type ImportState } from '../api/imports'
import { Badge, type BadgeTone } from '../ui/Badge'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { useWords } from '../words/words'

/** Earlier lists what was brought for a number, the newest first. */
export function Earlier({ number }: { number: string }) {
  const { words } = useWords()
  const w = words.imports.earlier
  const query = useQuery(importsQuery(number))
  const body = () => {
    if (query.isPending) return <Bones rows={2} label={words.state.loading} />
    if (query.isError && !query.data) {
      return (
        <Blank title={words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    if (!query.data?.length) return <p className="text-soft">{w.empty}</p>
    return (
      <ul className="flex flex-col divide-y divide-line rounded-2xl border border-line">
        {query.data.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </ul>
    )
  }
  return (
    <section aria-labelledby="earlier" className="flex flex-col gap-3">
      <h2 id="earlier" className="text-lg font-strong">
        {w.title}
      </h2>
      {body()}
    </section>
  )
}

const tones: Record<ImportState, BadgeTone> = { waiting: 'warn', running: 'plain', done: 'good', undoing: 'plain', undone: 'plain', expired: 'plain' }

function Row({ one }: { one: ChatImport }) {
  const { words, format } = useWords()
  const w = words.imports
  const brief = () => {
    if (one.state === 'waiting') return w.brief.waiting(one.preview.messages)
    if (one.state === 'undone') return w.brief.removed(one.removed)
    return one.state === 'expired' ? '' : w.brief.added(one.added)
  }
  return (
    <li data-testid="import" data-state={one.state}>
      <Link
        to="/numbers/$id/import/$one"
        params={{ id: one.number_id, one: one.id }}
        className="flex min-h-11 flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 hover:bg-hover"
      >
        <bdi className="min-w-0 font-strong break-words">{one.preview.them || one.name}</bdi>
        <span className="text-sm text-soft">{brief()}</span>
        <span className="ms-auto flex items-baseline gap-3">
          <span className="text-sm text-soft">{format.full(one.created_at)}</span>
          <Badge tone={tones[one.state]}>{w.states[one.state]}</Badge>
        </span>
      </Link>
    </li>
  )
}
