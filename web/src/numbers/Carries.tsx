import { useWords } from '../words/words'

/** Carries says what WhatsApp does not pass on, and what it switches off, so that nobody waits for it here. */
export function Carries() {
  const { words } = useWords()
  const w = words.standing
  return (
    <>
      <List id="carry" title={w.carry} lead={w.carryLead} items={w.carries} />
      <List id="off" title={w.off} lead={w.offLead} items={w.offs} />
    </>
  )
}

function List({ id, title, lead, items }: { id: string; title: string; lead: string; items: string[] }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-lg font-strong">
        {title}
      </h2>
      <p className="text-sm text-soft">{lead}</p>
      <ul className="mt-3 flex flex-wrap gap-2">
        {items.map((what) => (
          <li key={what} className="rounded-full border border-line px-3 py-1 text-sm">
            {what}
          </li>
        ))}
      </ul>
    </section>
  )
}
