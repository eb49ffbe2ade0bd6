import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BellRing } from 'lucide-react'
import { calls } from '../../api/calls'
import { Problem } from '../../api/client'
import { keys } from '../../api/keys'
import { openingsQuery } from '../../api/queries'
import { Button } from '../../ui/Button'
import { Ltr } from '../../ui/Ltr'
import { explain, useWords } from '../../words/words'
import { countryName } from './country'

/** WaitFor is the wish to be told when phone and API together are offered where a number belongs. */
export function WaitFor({ number, country }: { number: string; country: string }) {
  const { words, lang } = useWords()
  const w = words.connect.opening
  const cache = useQueryClient()
  const openings = useQuery(openingsQuery)
  const settled = () => cache.invalidateQueries({ queryKey: keys.openings })
  const ask = useMutation({ mutationFn: () => calls.askOpening(number), onSettled: settled })
  const drop = useMutation({ mutationFn: (id: string) => calls.dropOpening(id), onSettled: settled })
  const waits = openings.data?.find((o) => o.number === number && !o.opened_at)
  const failed = ask.error ?? drop.error
  return (
    <div className="flex flex-col items-start gap-2 rounded-2xl border border-line p-4" data-testid="wait-for">
      <h3 className="font-strong">{w.title}</h3>
      <p className="text-soft">{w.why(countryName(country, lang))}</p>
      {waits ? (
        <>
          <p role="status" className="flex items-center gap-2 text-good">
            <BellRing size={18} aria-hidden />
            {w.waits(countryName(country, lang))}
          </p>
          <Button isDisabled={drop.isPending} onPress={() => drop.mutate(waits.id)}>
            {w.drop}
          </Button>
        </>
      ) : (
        <Button isDisabled={ask.isPending} onPress={() => ask.mutate()}>
          {w.ask}
        </Button>
      )}
      {failed instanceof Problem ? (
        <p role="alert" className="text-sm text-bad">
          {explain(lang, failed).sentence} {explain(lang, failed).fix}
        </p>
      ) : null}
    </div>
  )
}

/** Opened stands on the page of numbers when a country that was waited for is open. */
export function Opened() {
  const { words, lang, format } = useWords()
  const w = words.connect.opening
  const cache = useQueryClient()
  const openings = useQuery(openingsQuery)
  const drop = useMutation({ mutationFn: (id: string) => calls.dropOpening(id), onSettled: () => cache.invalidateQueries({ queryKey: keys.openings }) })
  const open = openings.data?.filter((o) => o.opened_at) ?? []
  if (open.length === 0) return null
  return (
    <ul className="mb-6 flex flex-col gap-3">
      {open.map((o) => (
        <li key={o.id} className="flex flex-col items-start gap-2 rounded-2xl bg-good-wash p-4" data-testid="opened">
          <p className="font-strong">{w.opened(countryName(o.country, lang))}</p>
          <p>
            <Ltr className="tabular">{o.number}</Ltr> · {words.connect.check.source(o.source, format.date(o.from))}
          </p>
          <Button isDisabled={drop.isPending} onPress={() => drop.mutate(o.id)}>
            {w.seen}
          </Button>
        </li>
      ))}
    </ul>
  )
}
