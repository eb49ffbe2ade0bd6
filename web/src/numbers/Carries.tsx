import { useWords } from '../words/words'

/** Carries says what WhatsApp does not pass on, so that nobody waits for it here. */
export function Carries() {
  const { words } = useWords()
  const w = words.standing
  return (
    <section aria-labelledby="carry">
      <h2 id="carry" className="text-lg font-strong">
        {w.carry}
      </h2>
      <p className="text-sm text-soft">{w.carryLead}</p>
      <ul className="mt-3 flex flex-wrap gap-2">
        {w.carries.map((what) => (
          <li key={what} className="rounded-full border border-line px-3 py-1 text-sm">
            {what}
          </li>
        ))}
      </ul>
    </section>
  )
}
