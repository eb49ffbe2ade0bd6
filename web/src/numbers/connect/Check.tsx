import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleHelp, CircleX, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../api/client'
import type { Finding, PlatformFact, Result } from '../../api/movein'
import { eligibilityQuery, platformQuery } from '../../api/queries'
import { Blank, Bones } from '../../ui/Blank'
import { Button } from '../../ui/Button'
import { cx } from '../../ui/class'
import { Ltr } from '../../ui/Ltr'
import { explain, useWords } from '../../words/words'
import type { StepProps } from './Connect'
import { prospectOf } from './draft'
import { countryName } from './country'
import { WaitFor } from './Opening'
import { Step } from './Steps'

const looks: Record<Result, { icon: LucideIcon; tone: string }> = {
  fail: { icon: CircleX, tone: 'text-bad' },
  warn: { icon: CircleAlert, tone: 'text-warn' },
  unknown: { icon: CircleHelp, tone: 'text-soft' },
  pass: { icon: CircleCheck, tone: 'text-good' },
}
const worstFirst = Object.keys(looks)

/** Check shows what can be known about the number before Meta is asked, with the day and the source of every rule. */
export function Check({ draft, change, at, of, onBack, onNext }: StepProps) {
  const { words, lang } = useWords()
  const w = words.connect.check
  const query = useQuery(eligibilityQuery(prospectOf(draft)))
  const facts = useQuery(platformQuery)

  if (query.isPending) {
    return (
      <Step title={words.connect.checking} at={at} of={of} onBack={onBack}>
        <Bones rows={5} label={words.state.loading} />
      </Step>
    )
  }
  if (query.isError) {
    const why = query.error instanceof Problem ? explain(lang, query.error) : null
    return (
      <Step title={words.connect.checking} at={at} of={of} onBack={onBack}>
        <Blank title={why?.sentence ?? words.state.failed} next={why?.fix}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      </Step>
    )
  }
  const verdict = query.data
  const onPhone = () => {
    change({ mode: 'coexistence' })
    onNext()
  }
  const alone = () => {
    change({ mode: 'cloud' })
    onNext()
  }
  const fails = verdict.overall === 'fail'
  // A number of no app cannot be shared with one, but can still be the API's alone.
  const homeless = verdict.findings.some((f) => f.code === 'app_none')
  const instead = verdict.country === '' ? [] : homeless && verdict.instead.length === 0 ? ['cloud'] : verdict.instead
  return (
    <Step
      title={w.overall[verdict.overall]}
      lead={w.overallNext[verdict.overall]}
      at={at}
      of={of}
      onBack={onBack}
      next={
        <>
          {fails && verdict.offered && !homeless ? (
            <Button className="min-h-11" onPress={onPhone}>
              {w.anyway}
            </Button>
          ) : null}
          {fails ? (
            <Button look="primary" className="min-h-11 px-6" onPress={onBack}>
              {w.again}
            </Button>
          ) : (
            <Button look="primary" className="min-h-11 px-6" onPress={onPhone}>
              {words.connect.next}
            </Button>
          )}
        </>
      }
    >
      <p>
        <Ltr className="tabular font-strong">{verdict.number}</Ltr>
      </p>
      <ul className="flex flex-col divide-y divide-line rounded-2xl border border-line">
        {verdict.findings
          .toSorted((a, b) => worstFirst.indexOf(a.result) - worstFirst.indexOf(b.result))
          .map((finding) => (
            <Row key={finding.check} finding={finding} country={verdict.country} facts={facts.data ?? []} />
          ))}
      </ul>
      {instead.length > 0 ? <Instead ways={instead} facts={facts.data ?? []} onAlone={alone} waiting={verdict.offered ? null : <WaitFor number={verdict.number} country={verdict.country} />} /> : null}
    </Step>
  )
}

function Row({ finding, country, facts }: { finding: Finding; country: string; facts: PlatformFact[] }) {
  const { words, format, lang } = useWords()
  const w = words.connect.check
  const { icon: Icon, tone } = looks[finding.result]
  const oldest = facts.find((f) => f.name === 'signup_app_version')?.list?.[0] ?? '2.24.17'
  const days = facts.find((f) => f.name === 'signup_active_days')?.value ?? 7
  const [what, todo] = w.findings[finding.code]?.({ country: countryName(country, lang), oldest, days }) ?? [finding.what, finding.do]
  return (
    <li className="flex items-start gap-3 p-4">
      <Icon size={20} className={cx('mt-0.5 shrink-0', tone)} aria-hidden />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span className="font-strong">{w.checks[finding.check] ?? finding.check}</span>
          <span className={cx('text-sm', tone)}>{w.results[finding.result]}</span>
        </p>
        <p>{what}</p>
        {todo ? <p className="text-soft">{todo}</p> : null}
        {finding.source ? <p className="mt-1 text-xs text-faint">{w.source(finding.source, format.date(finding.from))}</p> : null}
      </div>
    </li>
  )
}

/** Instead says what is left where phone and API together cannot be had, and what each way costs. */
function Instead({ ways, facts, onAlone, waiting }: { ways: string[]; facts: PlatformFact[]; onAlone: () => void; waiting: ReactNode }) {
  const { words, format } = useWords()
  const w = words.connect.check
  const pace = facts.find((f) => f.name === 'throughput' && f.scope === 'cloud')
  return (
    <section className="flex flex-col gap-3" aria-labelledby="instead">
      <h2 id="instead" className="text-lg font-strong">
        {w.insteadTitle}
      </h2>
      {ways.includes('app') ? (
        <div className="rounded-2xl border border-line p-4">
          <h3 className="font-strong">{w.app}</h3>
          <p className="text-soft">{w.appWhy}</p>
        </div>
      ) : null}
      {ways.includes('cloud') ? (
        <div className="flex flex-col items-start gap-2 rounded-2xl border border-line p-4">
          <h3 className="font-strong">{w.cloud}</h3>
          <p className="text-soft">{w.cloudWhy}</p>
          {pace ? <p className="text-sm text-soft">{w.cloudPace(words.numbers.mps(pace.value), pace.source, format.date(pace.from))}</p> : null}
          <Button onPress={onAlone}>{w.cloudChoose}</Button>
        </div>
      ) : null}
      {waiting}
    </section>
  )
}
