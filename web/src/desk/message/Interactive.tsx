import { ExternalLink, List, MousePointerClick, Reply, type LucideIcon } from 'lucide-react'
import { useWords } from '../../words/words'
import type { Offer, Shown } from '../content'
import { Piece } from './Piece'
import { WrittenText } from './WrittenText'

const icons: Record<Offer['how'], LucideIcon> = { reply: Reply, link: ExternalLink, list: List, open: MousePointerClick }

/** Interactive shows what the customer was asked and what they can press; here it cannot be pressed. */
export function Interactive({ shown }: { shown: Extract<Shown, { is: 'interactive' }> }) {
  const { words } = useWords()
  if (!shown.text && shown.offers.length === 0) return <Piece icon={MousePointerClick} title={words.kind.interactive} />
  return (
    <div className="flex flex-col gap-2">
      {shown.header ? (
        <p dir="auto" className="font-strong">
          {shown.header}
        </p>
      ) : null}
      {shown.text ? <WrittenText text={shown.text} /> : null}
      {shown.footer ? (
        <p dir="auto" className="text-sm text-soft">
          {shown.footer}
        </p>
      ) : null}
      {shown.offers.length > 0 ? (
        <ul className="flex flex-col gap-1 border-t border-ink/10 pt-2" aria-label={words.kind.offers} data-testid="offers">
          {shown.offers.map((offer, n) => (
            <Offered key={`${n}-${offer.title}`} offer={offer} />
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function Offered({ offer }: { offer: Offer }) {
  const Icon = icons[offer.how]
  return (
    <li className="flex items-start gap-2 text-sm">
      <Icon size={16} className="mt-0.5 shrink-0 text-soft rtl:-scale-x-100" aria-hidden />
      <span className="min-w-0">
        <bdi dir="auto" className="font-strong">
          {offer.title}
        </bdi>
        {offer.rows ? (
          <ul className="mt-1 flex flex-col">
            {offer.rows.map((row, n) => (
              <li key={`${n}-${row.title}`} className="text-soft">
                <bdi dir="auto">{row.description ? `${row.title} · ${row.description}` : row.title}</bdi>
              </li>
            ))}
          </ul>
        ) : null}
      </span>
    </li>
  )
}
