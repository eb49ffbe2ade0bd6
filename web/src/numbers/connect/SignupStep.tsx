import { useQuery } from '@tanstack/react-query'
import { ExternalLink, LoaderCircle } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { calls } from '../../api/calls'
import { Problem } from '../../api/client'
import { now } from '../../api/clock'
import type { BeginOnboarding, Onboarding, Signup } from '../../api/movein'
import { signupQuery } from '../../api/queries'
import { paths } from '../../paths'
import { Bones } from '../../ui/Blank'
import { Button } from '../../ui/Button'
import { Ltr } from '../../ui/Ltr'
import { Notice } from '../../ui/Notice'
import { explain, useWords } from '../../words/words'
import type { StepProps } from './Connect'
import type { Draft } from './draft'
import { loadSDK, openSignup, type Outcome, type SDK } from './signup'
import { Step } from './Steps'

/** SignupStep opens Meta's popup and hands its code over the moment it is here: it lives for half a minute. */
export function SignupStep(props: StepProps) {
  const { words, lang } = useWords()
  const w = words.connect.signup
  const query = useQuery(signupQuery)
  const { draft, at, of, onBack } = props

  const body = () => {
    if (query.isPending) return <Bones rows={3} label={words.state.loading} />
    if (query.isError) {
      const why = query.error instanceof Problem ? explain(lang, query.error) : null
      return (
        <Notice tone="bad" alert title={why?.sentence ?? words.state.failed}>
          {why ? <p className="text-sm">{why.fix}</p> : null}
          <Button className="mt-2 self-start" onPress={() => void query.refetch()}>
            {words.act.again}
          </Button>
        </Notice>
      )
    }
    if (!query.data.ready) {
      return (
        <Notice tone="warn" title={w.notReady}>
          <p className="text-sm">{w.notReadyNext}</p>
          <ul className="text-sm">
            {query.data.missing.map((name) => (
              <li key={name}>
                <Ltr className="font-mono">{name}</Ltr>
              </li>
            ))}
          </ul>
        </Notice>
      )
    }
    return <Popup signup={query.data} draft={draft} />
  }
  return (
    <Step title={w.title} lead={draft.mode === 'coexistence' ? w.lead : undefined} at={at} of={of} onBack={onBack}>
      <p className="text-soft">
        <span className="tabular">{w.forNumber(draft.number.trim())}</span>
      </p>
      <Todo draft={draft} />
      {body()}
    </Step>
  )
}

function Todo({ draft }: { draft: Draft }) {
  const { words } = useWords()
  const w = words.connect.signup
  const rows = draft.mode === 'cloud' ? w.todoCloud : [...w.todo, draft.sharing === 'no' ? w.keep : w.share, w.code]
  return (
    <ol className="flex flex-col gap-3">
      {rows.map((row, i) => (
        <li key={row} className="flex items-start gap-3">
          <span aria-hidden className="tabular flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-wash text-sm font-strong text-accent">
            {i + 1}
          </span>
          <span>{row}</span>
        </li>
      ))}
    </ol>
  )
}

type Stage = 'loading' | 'unloadable' | 'ready' | 'open' | 'sending'

function Popup({ signup, draft }: { signup: Signup; draft: Draft }) {
  const { words, lang } = useWords()
  const w = words.connect.signup
  const [sdk, setSDK] = useState<SDK | null>(null)
  const [stage, setStage] = useState<Stage>('loading')
  const [outcome, setOutcome] = useState<Exclude<Outcome, { kind: 'code' }> | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const stop = useRef<() => void>(() => undefined)

  const load = () => {
    setStage('loading')
    loadSDK(signup).then(
      (loaded) => {
        setSDK(loaded)
        setStage('ready')
      },
      () => setStage('unloadable'),
    )
  }
  // Loaded beforehand: the popup has to open in the same moment as the button is pressed.
  // oxlint-disable-next-line react/exhaustive-deps
  useEffect(load, [signup.sdk_url])
  useEffect(() => () => stop.current(), [])

  const open = () => {
    if (!sdk) return
    stop.current()
    setOutcome(null)
    setProblem(null)
    setStage('open')
    const opened = now()
    stop.current = openSignup(sdk, signup, draft.mode, (told) => {
      if (told.kind !== 'code') {
        setOutcome(told)
        setStage('ready')
        return
      }
      setOutcome(null)
      setStage('sending')
      begin({ code: told.code, mode: draft.mode, waba_id: told.waba, phone_number_id: told.phoneNumberId, understood: true }, opened).then(
        // A full load: that page shows what arrives, and gets no script of Meta's.
        (onboarding) => window.location.assign(paths.connecting(onboarding.id)),
        (err: unknown) => {
          setProblem(err instanceof Problem ? err : new Problem(0, 'unreachable', ''))
          setStage('ready')
        },
      )
    })
  }
  const why = problem ? explain(lang, problem) : null
  const waiting = stage === 'open' || stage === 'sending' || stage === 'loading'
  return (
    <div className="flex flex-col gap-4">
      {stage === 'unloadable' ? (
        <Notice tone="bad" alert title={w.scriptFailed}>
          <p className="text-sm">{w.scriptFailedNext}</p>
          <Button className="mt-2 self-start" onPress={load}>
            {words.act.again}
          </Button>
        </Notice>
      ) : null}
      {outcome ? <Ended outcome={outcome} /> : null}
      {why ? (
        <Notice tone="bad" alert title={why.sentence}>
          <p className="text-sm">{why.fix}</p>
        </Notice>
      ) : null}
      <p role="status" className="flex items-center gap-2 text-soft empty:hidden">
        {waiting ? (
          <>
            <LoaderCircle size={18} className="shrink-0 animate-[spin_1.2s_linear_infinite]" aria-hidden />
            {stage === 'open' ? w.waiting : stage === 'sending' ? w.sending : w.loading}
          </>
        ) : null}
      </p>
      <Button look={stage === 'open' ? 'plain' : 'primary'} className="min-h-11 self-start px-6" isDisabled={!sdk || stage === 'sending'} onPress={open}>
        <ExternalLink size={18} className="rtl:-scale-x-100" aria-hidden />
        {stage === 'open' || outcome || problem ? w.reopen : w.open}
      </Button>
    </div>
  )
}

/** How often the code is handed over before it would be dead, with a second between. */
const tries = 5

/**
 * begin hands the code over. When no answer comes, it may have arrived all the same: then the
 * house lists an onboarding that was begun after the popup opened.
 */
async function begin(body: BeginOnboarding, opened: number): Promise<Onboarding> {
  for (let i = 1; ; i++) {
    try {
      return await calls.beginOnboarding(body)
    } catch (err) {
      if (!(err instanceof Problem) || !err.unanswered || i >= tries) throw err
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const known = await calls.onboardings().catch(() => null)
      const newest = known?.data.find((o) => Date.parse(o.begun_at) > opened)
      if (newest) return newest
    }
  }
}

function Ended({ outcome }: { outcome: Exclude<Outcome, { kind: 'code' }> }) {
  const { words } = useWords()
  const w = words.connect.signup
  if (outcome.kind === 'refused') {
    return (
      <Notice tone="bad" alert title={w.refused}>
        {outcome.message ? (
          <p dir="auto" className="written">
            {outcome.message}
          </p>
        ) : null}
        <p className="text-sm">{w.refusedNext}</p>
        {outcome.id ? (
          <p className="text-sm">
            {w.refusedId}: <Ltr className="font-mono">{outcome.id}</Ltr>
          </p>
        ) : null}
      </Notice>
    )
  }
  if (outcome.kind === 'cancelled') {
    const step = w.steps[outcome.step] ?? outcome.step
    return (
      <Notice tone="warn" alert title={step ? w.cancelledAt(step) : w.cancelled}>
        <p className="text-sm">{w.cancelledNext}</p>
      </Notice>
    )
  }
  return (
    <Notice tone="warn" alert title={outcome.atOnce ? w.blocked : w.closed}>
      <p className="text-sm">{outcome.atOnce ? w.blockedNext : w.closedNext}</p>
    </Notice>
  )
}
