import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, Copy } from 'lucide-react'
import { deliveryQuery } from '../api/queries'
import type { Delivery, Fragment } from '../api/types'
import { paths } from '../paths'
import { Badge, type BadgeTone } from '../ui/Badge'
import { Blank, Bones } from '../ui/Blank'
import { Button } from '../ui/Button'
import { Ltr } from '../ui/Ltr'
import { Page } from '../ui/Page'
import { useWords } from '../words/words'
import { DeliveryBadges } from './DeliveryBadges'

/** DeliveryPage shows one webhook request: what became of each part, and its bytes as they came. */
export function DeliveryPage() {
  const { words } = useWords()
  const { id } = useParams({ from: '/deliveries/$id' })
  const query = useQuery(deliveryQuery(id))
  const back = (
    <Link to={paths.deliveries} className="mb-2 inline-flex min-h-8 items-center gap-2 self-start text-sm font-strong text-accent">
      <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
      {words.deliveries.title}
    </Link>
  )
  const body = () => {
    if (query.isPending) return <Bones rows={4} label={words.state.loading} />
    if (query.isError) {
      return (
        <Blank title={words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    return <Contents delivery={query.data} />
  }
  return (
    <Page title={<Ltr className="font-mono text-lg [overflow-wrap:anywhere]">{id}</Ltr>} back={back}>
      {body()}
    </Page>
  )
}

function Contents({ delivery }: { delivery: Delivery }) {
  const { words, format } = useWords()
  const raw = delivery.body ?? ''
  return (
    <div className="flex flex-col gap-8">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-base">
        <time dateTime={delivery.received_at}>{format.exact(delivery.received_at)}</time>
        <span className="tabular text-soft">
          {words.deliveries.itemCount(delivery.items)} · {format.number(delivery.bytes)} B
        </span>
        <DeliveryBadges delivery={delivery} />
        {delivery.reason ? (
          <span dir="auto" className="text-bad">
            {delivery.reason}
          </span>
        ) : null}
      </div>
      <section className="flex flex-col gap-2">
        <h2 className="text-base font-strong">{words.deliveries.fragments}</h2>
        <Fragments fragments={delivery.fragments ?? []} />
      </section>
      <section className="flex flex-col gap-2">
        <div className="flex items-center justify-between">
          <h2 className="text-base font-strong">{words.deliveries.body}</h2>
          <Button look="quiet" onPress={() => void navigator.clipboard?.writeText(raw)}>
            <Copy size={16} aria-hidden />
            {words.deliveries.copy}
          </Button>
        </div>
        {/* The block can be scrolled, so it can be focused. */}
        <pre dir="ltr" tabIndex={0} aria-label={words.deliveries.body} className="scroller max-h-[70dvh] overflow-auto rounded-2xl border border-line bg-ground p-4 font-mono text-xs">
          {pretty(raw)}
        </pre>
      </section>
    </div>
  )
}

function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}

const tones: Record<string, BadgeTone> = { applied: 'good', parked: 'bad', conflict: 'bad', pending: 'warn' }

function Fragments({ fragments }: { fragments: Fragment[] }) {
  const { words } = useWords()
  const heads = [words.deliveries.field, words.deliveries.kind, words.deliveries.business, words.deliveries.state, words.deliveries.reason]
  const rows = fragments.map((f, i) => ({ key: `${i}-${f.field}`, f }))
  return (
    <div className="scroller overflow-x-auto rounded-2xl border border-line">
      <table className="w-full text-start text-sm">
        <thead>
          <tr className="border-b border-line text-xs text-faint">
            {heads.map((head) => (
              <th key={head} scope="col" className="px-4 py-2 text-start font-strong">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(({ key, f }) => (
            <tr key={key}>
              <td className="px-4 py-2">
                <Ltr className="font-mono text-xs">{f.field}</Ltr>
              </td>
              <td className="px-4 py-2">
                <Ltr className="font-mono text-xs">{f.kind}</Ltr>
              </td>
              <td className="px-4 py-2">
                {f.business_id ? <Ltr className="font-mono text-xs">{f.business_id}</Ltr> : <span className="text-faint">{words.deliveries.noBusiness}</span>}
              </td>
              <td className="px-4 py-2">
                <Badge tone={tones[f.state] ?? 'plain'}>{words.deliveries.fragmentState[f.state] ?? f.state}</Badge>
              </td>
              <td dir="auto" className="px-4 py-2 text-soft">
                {f.reason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
