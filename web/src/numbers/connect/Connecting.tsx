import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Check, CirclePause, LoaderCircle } from 'lucide-react'
import { useEffect, useState, type FormEvent } from 'react'
import { calls } from '../../api/calls'
import { Problem } from '../../api/client'
import { useNow } from '../../api/clock'
import { keys } from '../../api/keys'
import type { Onboarding } from '../../api/movein'
import { onboardingQuery } from '../../api/queries'
import { paths } from '../../paths'
import { BackToInbox } from '../../ui/BackToInbox'
import { Blank, Bones } from '../../ui/Blank'
import { Button, buttonLook } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { cx } from '../../ui/class'
import { Field } from '../../ui/Field'
import { Ltr } from '../../ui/Ltr'
import { Notice } from '../../ui/Notice'
import { Page } from '../../ui/Page'
import { explain, useWords } from '../../words/words'
import { Connected } from './Connected'

/** Connecting shows how far an onboarding has come, and asks for what only a person can give. */
export function Connecting() {
  const { words } = useWords()
  const { id } = useParams({ from: '/connect/$id' })
  const query = useQuery(onboardingQuery(id))
  useEffect(() => {
    document.title = `${words.connect.live.title} · ${words.app}`
  }, [words])
  if (query.data?.step === 'done' && query.data.number_id) return <Connected onboarding={query.data} number={query.data.number_id} />
  const body = () => {
    if (query.isPending) return <Bones rows={4} label={words.state.loading} />
    if (query.isError && !query.data) {
      const gone = query.error instanceof Problem && !query.error.unanswered
      return (
        <Blank title={gone ? words.connect.live.gone : words.state.failed}>
          <Button onPress={() => void query.refetch()}>{words.act.again}</Button>
        </Blank>
      )
    }
    return query.data ? <Progress onboarding={query.data} /> : null
  }
  const failed = query.data?.step === 'failed'
  return (
    <Page title={failed ? words.connect.live.failed : words.connect.live.title} lead={failed ? undefined : words.connect.live.lead} back={<BackToInbox label={words.place.inbox} />}>
      {body()}
    </Page>
  )
}

/** Reasons that wait for the two-step code. */
const asksForPIN = ['waits_for_pin', 'wrong_pin']

const steps = {
  coexistence: ['exchanging', 'finding', 'listing', 'subscribing', 'asserting', 'admitting'],
  cloud: ['exchanging', 'finding', 'listing', 'subscribing', 'asserting', 'registering', 'admitting'],
}

function Progress({ onboarding }: { onboarding: Onboarding }) {
  const { words } = useWords()
  const w = words.connect.live
  const list = steps[onboarding.mode]
  // Choosing is a part of finding the number that only some meet.
  const at = list.indexOf(onboarding.step === 'choosing' ? 'listing' : onboarding.step)
  // A person's turn does not spin.
  const ours = !['waits_for_choice', 'waits_for_fields', ...asksForPIN].includes(onboarding.reason)
  const state = (i: number) => (i < at ? 'done' : i === at ? 'now' : 'next')
  return (
    <div className="flex max-w-160 flex-col gap-6">
      {onboarding.step === 'failed' ? null : (
        <ol className="flex flex-col gap-3" data-testid="steps">
          {list.map((step, i) => (
            <li key={step} aria-current={i === at ? 'step' : undefined} className={cx('flex items-center gap-3', i > at && 'text-faint', i === at && 'font-strong')}>
              <span className="flex size-6 shrink-0 items-center justify-center" aria-hidden>
                {state(i) === 'done' ? <Check size={18} className="text-good" /> : null}
                {state(i) === 'now' && !ours ? <CirclePause size={18} className="text-warn" /> : null}
                {state(i) === 'now' && ours ? <LoaderCircle size={18} className="shrink-0 animate-[spin_1.2s_linear_infinite] text-accent" /> : null}
                {state(i) === 'next' ? <span className="size-2 rounded-full bg-line-strong" /> : null}
              </span>
              <span>{w.steps[step] ?? step}</span>
              <span className="sr-only">{w.stepState[state(i)]}</span>
            </li>
          ))}
        </ol>
      )}
      <div role="status">
        <Why onboarding={onboarding} />
      </div>
    </div>
  )
}

/** Why says what an onboarding waits for or has failed of, and offers what can be done about it. */
function Why({ onboarding }: { onboarding: Onboarding }) {
  const { words, format, lang } = useWords()
  const w = words.connect.live
  const now = useNow(1_000)
  const cache = useQueryClient()
  const retry = useMutation({
    mutationFn: (pin: string) => calls.retryOnboarding(onboarding.id, pin),
    onSuccess: (next) => cache.setQueryData(keys.onboarding(onboarding.id), next),
  })
  if (!onboarding.reason) return null
  const failed = onboarding.step === 'failed'
  const [what, todo] = w.reasons[onboarding.reason] ?? [onboarding.reason, '']
  // Without a token there is nothing to try again with.
  const spent = onboarding.reason === 'code_refused' || onboarding.reason === 'code_lost'
  const refused = retry.error instanceof Problem ? explain(lang, retry.error) : null
  return (
    <Notice tone={failed ? 'bad' : 'warn'} title={what}>
      <p>{todo}</p>
      {onboarding.missing_fields.length > 0 ? (
        <ul className="my-1 flex flex-wrap gap-2">
          {onboarding.missing_fields.map((name) => (
            <li key={name}>
              <Ltr className="rounded-md bg-paper px-2 py-0.5 font-mono text-sm text-ink">{name}</Ltr>
            </li>
          ))}
        </ul>
      ) : null}
      {onboarding.code > 0 ? <p className="text-sm">{w.meta(String(onboarding.code), onboarding.title)}</p> : null}
      {!failed && onboarding.next_at && Date.parse(onboarding.next_at) > now ? (
        <p className="text-sm">{w.nextTry(format.exact(onboarding.next_at))}</p>
      ) : null}
      {onboarding.step === 'choosing' ? <Choosing onboarding={onboarding} /> : null}
      {asksForPIN.includes(onboarding.reason) ? <Pin busy={retry.isPending} onPin={(pin) => retry.mutate(pin)} /> : null}
      {refused ? (
        <p role="alert" className="text-sm text-bad">
          {refused.sentence} {refused.fix}
        </p>
      ) : null}
      <div className="mt-2 flex flex-wrap gap-3 empty:hidden">
        {!spent && onboarding.reason !== 'waits_for_choice' && !asksForPIN.includes(onboarding.reason) ? (
          <Button isDisabled={retry.isPending} onPress={() => retry.mutate('')}>
            {w.retryNow}
          </Button>
        ) : null}
        {failed || onboarding.reason === 'waits_for_share' ? (
          <a href={`${paths.connect}?step=signup`} className={buttonLook('plain')}>
            {w.openAgain}
          </a>
        ) : null}
      </div>
    </Notice>
  )
}

function Choosing({ onboarding }: { onboarding: Onboarding }) {
  const { words, lang } = useWords()
  const w = words.connect.live
  const [chosen, setChosen] = useState('')
  const cache = useQueryClient()
  const choose = useMutation({
    mutationFn: () => calls.chooseNumber(onboarding.id, chosen),
    onSuccess: (next) => cache.setQueryData(keys.onboarding(onboarding.id), next),
  })
  const refused = choose.error instanceof Problem ? explain(lang, choose.error) : null
  return (
    <div className="mt-2 flex flex-col gap-3 rounded-xl bg-paper p-3 text-ink">
      <Choice
        label={w.choose}
        look="cards"
        value={chosen}
        onChange={setChosen}
        options={onboarding.choices.map((c) => ({ value: c.phone_number_id, label: c.name || c.display, detail: c.display, note: c.here ? w.here : undefined }))}
      />
      {refused ? (
        <p role="alert" className="text-sm text-bad">
          {refused.sentence} {refused.fix}
        </p>
      ) : null}
      <Button look="primary" className="self-start" isDisabled={!chosen || choose.isPending} onPress={() => choose.mutate()}>
        {words.connect.next}
      </Button>
    </div>
  )
}

function Pin({ busy, onPin }: { busy: boolean; onPin: (pin: string) => void }) {
  const { words } = useWords()
  const w = words.connect.live
  const [pin, setPin] = useState('')
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const digits = pin.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    if (/^\d{6}$/.test(digits)) onPin(digits)
    else setWrong(true)
  }
  return (
    <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-3 rounded-xl bg-paper p-3 text-ink">
      <Field label={w.pin} error={wrong ? w.pinWrong : undefined} ltr inputMode="numeric" autoComplete="off" value={pin} onChange={setPin} />
      <Button type="submit" look="primary" className="self-start" isDisabled={busy}>
        {words.connect.next}
      </Button>
    </form>
  )
}
