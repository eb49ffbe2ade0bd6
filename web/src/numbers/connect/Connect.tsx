import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Smartphone } from 'lucide-react'
import { useEffect } from 'react'
import { useConnection } from '../../api/connection'
import { onboardingsQuery } from '../../api/queries'
import { useNow } from '../../api/clock'
import { paths } from '../../paths'
import { BackToInbox } from '../../ui/BackToInbox'
import { Blank } from '../../ui/Blank'
import { buttonLook } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { Page } from '../../ui/Page'
import { useWords } from '../../words/words'
import { AskNumber } from './AskNumber'
import { Changes } from './Changes'
import { Check } from './Check'
import { allTicked, useDraft, type Draft } from './draft'
import { Sharing } from './Sharing'
import { SignupStep } from './SignupStep'

const coexistence = ['number', 'check', 'changes', 'history', 'signup'] as const
const cloud = ['number', 'check', 'changes', 'signup'] as const

export type StepName = (typeof coexistence)[number]

/** What every step gets: the answers so far, where it stands, and the ways on and back. */
export type StepProps = {
  draft: Draft
  change: (part: Partial<Draft>) => void
  at: number
  of: number
  onBack?: () => void
  onNext: () => void
}

/** Connect leads an owner from the check of a number to Meta's popup. What follows has a page of its own: Connecting. */
export function Connect() {
  const { words } = useWords()
  const { session } = useConnection()
  if (session.person.role === 'agent') {
    return (
      <Page title={words.connect.title} back={<BackToInbox label={words.place.inbox} />}>
        <Blank icon={<Smartphone size={32} aria-hidden />} title={words.connect.refused} next={words.connect.refusedNext} />
      </Page>
    )
  }
  return <Wizard />
}

function Wizard() {
  const navigate = useNavigate()
  const search = useSearch({ from: '/connect' })
  const [draft, change] = useDraft()
  const steps: readonly StepName[] = draft.mode === 'cloud' ? cloud : coexistence
  const step = furthest(steps, search.step, draft)
  const at = steps.indexOf(step)

  const go = (to: StepName | undefined) => void navigate({ to: paths.connect, search: { step: to } })
  // An address of a step that is not open yet leads to the one that is.
  useEffect(() => {
    if (search.step && search.step !== step) void navigate({ to: paths.connect, search: { step }, replace: true })
  }, [navigate, search.step, step])

  const props: StepProps = {
    draft,
    change,
    at: at + 1,
    of: steps.length,
    onBack: at > 0 ? () => go(steps[at - 1]) : undefined,
    onNext: () => go(steps[at + 1]),
  }
  switch (step) {
    case 'number':
      return <AskNumber {...props} before={<Unfinished />} />
    case 'check':
      return <Check {...props} />
    case 'changes':
      return <Changes {...props} />
    case 'history':
      return <Sharing {...props} />
    case 'signup':
      return <SignupStep {...props} />
  }
}

/** furthest is the step that was asked for, or the last one before it whose forerunners are all answered. */
function furthest(steps: readonly StepName[], wanted: string | undefined, draft: Draft): StepName {
  const answered: Record<StepName, boolean> = {
    number: draft.number.trim() !== '',
    check: true,
    changes: allTicked(draft),
    history: draft.sharing !== '',
    signup: false,
  }
  let step: StepName = 'number'
  for (const next of steps) {
    step = next
    if (next === (wanted ?? 'number') || !answered[next]) break
  }
  return step
}

/** Unfinished leads back to a connection that was left before its end. */
function Unfinished() {
  const { words, format } = useWords()
  const now = useNow(60_000)
  const { data } = useQuery(onboardingsQuery)
  const left = data?.find((o) => o.step !== 'done' && o.step !== 'failed')
  if (!left) return null
  return (
    <Notice title={words.connect.unfinished} tone="good">
      <p className="text-sm">{words.connect.unfinishedSince(format.upcoming(left.begun_at, now))}</p>
      <a href={paths.connecting(left.id)} className={buttonLook('plain', 'mt-2 self-start')}>
        {words.connect.goOn}
      </a>
    </Notice>
  )
}
