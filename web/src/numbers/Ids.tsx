import type { WaNumber } from '../api/types'
import { Ltr } from '../ui/Ltr'
import { useWords } from '../words/words'

/** Ids are what somebody who helps will ask for. */
export function Ids({ number }: { number: WaNumber }) {
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
