import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useEffect } from 'react'
import { Problem } from '../api/client'
import { numberQuery } from '../api/queries'
import type { WaNumber } from '../api/types'
import { paths } from '../paths'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { Ltr } from '../ui/Ltr'
import { Page } from '../ui/Page'
import { useWords } from '../words/words'
import { Carries } from './Carries'
import { Happenings } from './Happenings'
import { Ids } from './Ids'
import { ImportLink } from './ImportLink'
import { Relink } from './Relink'
import { Standing } from './Standing'
import { Syncs } from './Syncs'
import { Tiles } from './Tiles'

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
      {phone ? <Syncs number={number.id} stage={number.stage} /> : null}
      {phone ? <ImportLink number={number.id} /> : null}
      {phone ? <Carries /> : null}
      {!cut && phone ? <Relink number={number} /> : null}
      <Happenings number={number.id} />
      <Ids number={number} />
    </div>
  )
}
