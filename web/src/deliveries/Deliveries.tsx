import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Webhook } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useConnection } from '../api/connection'
import { deliveriesQuery } from '../api/queries'
import type { Delivery } from '../api/types'
import { BackToInbox } from '../ui/BackToInbox'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { cx } from '../ui/class'
import { Page } from '../ui/Page'
import { useWords } from '../words/words'
import { DeliveryBadges } from './DeliveryBadges'
import { Tabs } from './Tabs'

const states = ['all', 'kept', 'split', 'parked', 'unknown'] as const

export function Deliveries() {
  const { words } = useWords()
  const { session } = useConnection()
  const [state, setState] = useState<(typeof states)[number]>('all')
  useEffect(() => {
    document.title = `${words.deliveries.title} · ${words.app}`
  }, [words])

  return (
    <Page title={words.deliveries.title} lead={words.deliveries.lead} back={<BackToInbox label={words.place.inbox} />}>
      {session.person.operator ? (
        <>
          <Tabs />
          <div role="group" aria-label={words.deliveries.state} className="mb-4 flex flex-wrap gap-1">
            {states.map((s) => (
              <button
                key={s}
                type="button"
                aria-pressed={s === state}
                onClick={() => setState(s)}
                className={cx(
                  'min-h-8 rounded-full px-3 text-sm pointer-coarse:min-h-11',
                  s === state ? 'bg-accent font-strong text-on-accent' : 'text-soft hover:bg-hover hover:text-ink',
                )}
              >
                {words.deliveries.states[s]}
              </button>
            ))}
          </div>
          <List state={state === 'all' ? '' : state} />
        </>
      ) : (
        <Blank title={words.deliveries.refused} />
      )}
    </Page>
  )
}

function List({ state }: { state: string }) {
  const { words } = useWords()
  const query = useInfiniteQuery(deliveriesQuery(state))
  const rows = query.data?.pages.flatMap((page) => page.data) ?? []
  if (query.isPending) return <Bones rows={6} label={words.state.loading} />
  if (query.isError) {
    return (
      <Blank title={words.state.failed}>
        <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
      </Blank>
    )
  }
  if (rows.length === 0) {
    return <Blank icon={<Webhook size={32} aria-hidden />} title={words.deliveries.empty} next={words.deliveries.emptyNext} />
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-2xl border border-line">
        {rows.map((delivery) => (
          <Row key={delivery.id} delivery={delivery} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? words.state.loading : words.act.more}
          </Button>
        </div>
      ) : null}
    </>
  )
}

function Row({ delivery }: { delivery: Delivery }) {
  const { words, format } = useWords()
  const kinds = [...new Set(delivery.fragments?.map((f) => f.kind || f.field) ?? [])].join(', ')
  return (
    <li>
      <Link
        to="/deliveries/$id"
        params={{ id: delivery.id }}
        preload={false}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-hover"
      >
        <time dateTime={delivery.received_at} className="tabular text-base">
          {format.exact(delivery.received_at)}
        </time>
        <span dir="ltr" className="line min-w-0 grow font-mono text-xs text-soft">
          {kinds}
        </span>
        <span className="tabular text-xs text-faint">
          {words.deliveries.itemCount(delivery.items)} · {format.number(delivery.bytes)} B
        </span>
        <DeliveryBadges delivery={delivery} />
      </Link>
    </li>
  )
}
