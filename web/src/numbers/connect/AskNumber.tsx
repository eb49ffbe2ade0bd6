import { ArrowLeft } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { paths } from '../../paths'
import { Button, buttonLook } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { Field } from '../../ui/Field'
import { useWords } from '../../words/words'
import type { StepProps } from './Connect'
import type { Answer, Draft } from './draft'
import { Step } from './Steps'

const questions = ['otherPartner', 'creditLine', 'verified', 'payment'] as const

/** AskNumber asks for the number, and for what only the owner can know of its phone. */
export function AskNumber({ draft, change, at, of, onNext, before }: StepProps & { before: ReactNode }) {
  const { words } = useWords()
  const w = words.connect.number
  const [missing, setMissing] = useState(false)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (draft.number.trim()) return onNext()
    setMissing(true)
  }
  // Whoever checks another number, or has left the cloud's way, begins with the phone's.
  const number = (value: string) => {
    setMissing(false)
    change({ number: value, mode: 'coexistence' })
  }
  return (
    <Step title={w.title} lead={w.lead} at={at} of={of}>
      {before}
      <form onSubmit={submit} noValidate className="flex flex-col gap-6">
        <Field
          label={w.label}
          hint={w.hint}
          error={missing ? w.missing : undefined}
          ltr
          type="tel"
          autoComplete="tel"
          value={draft.number}
          onChange={number}
        />
        <section className="flex flex-col gap-5" aria-labelledby="about-phone">
          <div>
            <h2 id="about-phone" className="text-lg font-strong">
              {w.optional}
            </h2>
            <p className="text-sm text-soft">{w.optionalLead}</p>
          </div>
          <Choice
            label={w.app}
            look="row"
            value={draft.app}
            onChange={(app) => change({ app: isApp(app) ? app : '' })}
            options={(['business', 'consumer', 'none', 'unknown'] as const).map((value) => ({ value, label: w.apps[value] }))}
          />
          <div className="grid gap-5 two:grid-cols-2">
            <Field label={w.version} hint={w.versionHint} ltr placeholder="2.25.1" value={draft.version} onChange={(version) => change({ version })} />
            <Field label={w.days} ltr inputMode="numeric" value={draft.days} onChange={(days) => change({ days })} />
          </div>
          {questions.map((question) => (
            <Choice
              key={question}
              label={w[question]}
              look="row"
              value={draft[question]}
              onChange={(value) => change({ [question]: isAnswer(value) ? value : '' })}
              options={(['yes', 'no', 'unknown'] as const).map((value) => ({ value, label: w[value] }))}
            />
          ))}
        </section>
        <footer className="flex items-center justify-between border-t border-line pt-4">
          <a href={paths.numbers} className={buttonLook('quiet', 'min-h-11 -ms-3')}>
            <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
            {words.standing.back}
          </a>
          <Button type="submit" look="primary" className="min-h-11 px-6">
            {w.submit}
          </Button>
        </footer>
      </form>
    </Step>
  )
}

/** What is not known is left out of the draft. */
function isApp(value: string): value is Draft['app'] {
  return value === 'business' || value === 'consumer' || value === 'none'
}

function isAnswer(value: string): value is Answer {
  return value === 'yes' || value === 'no'
}
