import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, LoaderCircle } from 'lucide-react'
import { useEffect } from 'react'
import { Problem } from '../api/client'
import { importQuery, type ChatImport } from '../api/imports'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { Page } from '../ui/Page'
import { useWords } from '../words/words'
import { Result } from './Result'
import { Waiting } from './Waiting'

/** OneImport is one file on its way: what is in it, the questions, how far it is, what came of it. */
export function OneImport() {
  const { words } = useWords()
  const { id, one } = useParams({ from: '/numbers/$id/import/$one' })
  const w = words.imports
  const query = useQuery(importQuery(one))
  useEffect(() => {
    document.title = `${w.title} · ${words.app}`
  }, [w, words])
  const back = (
    <Link to="/numbers/$id/import" params={{ id }} className="mb-2 inline-flex min-h-8 items-center gap-2 self-start text-sm font-strong text-accent pointer-coarse:min-h-11">
      <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
      {w.all}
    </Link>
  )
  const body = () => {
    if (query.isPending) return <Bones rows={4} label={words.state.loading} />
    if (query.isError && !query.data) {
      const gone = query.error instanceof Problem && !query.error.unanswered
      return (
        <Blank title={gone ? words.state.notFound : words.state.failed}>
          {gone ? null : <Button onPress={() => void query.refetch()}>{words.act.again}</Button>}
        </Blank>
      )
    }
    return query.data ? <Contents one={query.data} /> : null
  }
  return (
    <Page title={query.data ? titleOf(query.data, w) : w.title} lead={query.data?.name} back={back}>
      {body()}
    </Page>
  )
}

function titleOf(one: ChatImport, w: ReturnType<typeof useWords>['words']['imports']): string {
  switch (one.state) {
    case 'waiting':
      return w.look.title
    case 'running':
      return w.run.running
    case 'undoing':
      return w.run.undoing
    case 'done':
      return w.result.done
    case 'undone':
      return w.result.undone
    case 'expired':
      return w.result.expired
  }
}

function Contents({ one }: { one: ChatImport }) {
  switch (one.state) {
    case 'waiting':
      return <Waiting one={one} />
    case 'running':
      return <Progress of={one.preview.messages} done={one.handled} />
    case 'undoing':
      return <Progress of={one.added} done={one.removed + one.kept} />
    case 'done':
    case 'undone':
    case 'expired':
      return <Result one={one} />
  }
}

function Progress({ done, of }: { done: number; of: number }) {
  const { words, format } = useWords()
  const w = words.imports.run
  return (
    <div role="status" className="flex max-w-160 flex-col gap-3">
      <p className="flex items-center gap-2">
        <LoaderCircle size={18} className="shrink-0 animate-[spin_1.2s_linear_infinite] text-accent" aria-hidden />
        <span className="tabular">{w.progress(format.number(done), format.number(of))}</span>
      </p>
      <progress value={done} max={Math.max(of, 1)} aria-label={w.progress(format.number(done), format.number(of))} className="h-2 w-full accent-accent" />
      <p className="text-soft">{w.leave}</p>
    </div>
  )
}
