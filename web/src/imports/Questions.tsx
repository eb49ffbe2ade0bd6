import { useMemo, type ReactNode } from 'react'
import type { ImportPreview, ImportQuestion } from '../api/imports'
import { Choice, type Option } from '../ui/Choice'
import { cx } from '../ui/class'
import { Field } from '../ui/Field'
import { useWords } from '../words/words'
import type { Filled } from './answers'

type Props = {
  preview: ImportPreview
  answers: Filled
  onChange: (answers: Filled) => void
  /** Questions that a person left open. */
  missing: ImportQuestion[]
  children: ReactNode
}

/** Questions asks what the file leaves open; what it settled stays folded, to be corrected. */
export function Questions({ preview, answers, onChange, missing, children }: Props) {
  const { words } = useWords()
  const w = words.imports.ask
  const asked = preview.questions
  const mark = (q: ImportQuestion, node: ReactNode) => (
    <div key={q} className={cx('flex flex-col gap-1', missing.includes(q) && 'rounded-xl outline-2 outline-offset-4 outline-bad')} data-question={q}>
      {node}
    </div>
  )
  const people: Option[] = preview.people.map((p) => ({ value: p.name, label: p.name, note: words.imports.look.messages(p.messages) }))
  const many = preview.people.length > 1
  // Of two people the other one follows from the first answer.
  const other = (name: string) => (preview.people.length === 2 ? preview.people.find((p) => p.name !== name)?.name : undefined)
  const fields: Record<ImportQuestion, ReactNode> = {
    me: (
      <Choice
        label={w.me}
        look="cards"
        value={answers.me}
        onChange={(me) => onChange({ ...answers, me, them: other(me) ?? (answers.them === me ? '' : answers.them) })}
        options={people}
      />
    ),
    them: (
      <Choice
        label={w.them}
        look="cards"
        value={answers.them}
        onChange={(them) => onChange({ ...answers, them, me: other(them) ?? (answers.me === them ? '' : answers.me) })}
        options={people}
      />
    ),
    contact: (
      <Field
        label={w.contact}
        hint={w.contactHint}
        error={missing.includes('contact') ? w.contactWrong : undefined}
        ltr
        type="tel"
        autoComplete="off"
        value={answers.contact}
        onChange={(contact) => onChange({ ...answers, contact })}
        className="max-w-120"
      />
    ),
    order: (
      <Choice
        label={w.order}
        look="cards"
        value={answers.order ?? ''}
        onChange={(value) => onChange({ ...answers, order: preview.readings.find((r) => r.order === value)?.order })}
        options={preview.readings.map((r) => ({ value: r.order, label: w.orders[r.order], detail: w.reading(r.first.slice(0, 16), r.last.slice(0, 16)) }))}
      />
    ),
    zone: <Zone value={answers.zone} onChange={(zone) => onChange({ ...answers, zone })} />,
  }
  const all: ImportQuestion[] = ['me', ...(many ? ['them' as const] : []), 'contact', ...(preview.readings.length > 1 ? ['order' as const] : []), 'zone']
  const settled = all.filter((q) => !asked.includes(q))
  return (
    <section aria-labelledby="ask" className="flex flex-col gap-5">
      <div>
        <h2 id="ask" className="text-lg font-strong">
          {w.title}
        </h2>
        {asked.length === 0 ? <p className="text-soft">{w.none}</p> : null}
      </div>
      {all.filter((q) => asked.includes(q)).map((q) => mark(q, fields[q]))}
      {settled.length > 0 ? (
        <details className="rounded-2xl border border-line p-4">
          <summary className="cursor-pointer font-strong">
            {w.settled}: {settled.map((q) => settledAs(q, answers, w)).filter(Boolean).join(' · ')}
          </summary>
          <div className="mt-4 flex flex-col gap-5">{settled.map((q) => mark(q, fields[q]))}</div>
        </details>
      ) : null}
      {children}
    </section>
  )
}

/** settledAs is an answer in short; names and numbers are isolated, so that they disturb no order. */
function settledAs(q: ImportQuestion, answers: Filled, w: { orders: Record<string, string> }): string {
  const value = q === 'order' ? (w.orders[answers.order ?? ''] ?? '') : answers[q]
  return value ? `\u2068${q === 'contact' ? `+${value}` : value}\u2069` : ''
}

function Zone({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { words } = useWords()
  const w = words.imports.ask
  const zones = useMemo(() => {
    const known = Intl.supportedValuesOf('timeZone')
    return value && !known.includes(value) ? [value, ...known] : known
  }, [value])
  return (
    <label className="flex max-w-120 flex-col gap-1.5">
      <span className="text-sm font-strong">{w.zone}</span>
      <select
        dir="ltr"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby="zone-hint"
        className="h-11 rounded-lg border border-line-strong bg-paper px-3 text-read text-ink"
      >
        <option value="">{w.zoneChoose}</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
      <span id="zone-hint" className="text-sm text-soft">
        {w.zoneHint}
      </span>
    </label>
  )
}
