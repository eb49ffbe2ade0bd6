import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CirclePause, CircleX, type LucideIcon } from 'lucide-react'
import { calls } from '../api/calls'
import { useNow } from '../api/clock'
import { keys } from '../api/keys'
import type { WaNumber } from '../api/types'
import { Button } from '../ui/Button'
import { cx } from '../ui/class'
import type { Words } from '../words/en'
import type { Format } from '../words/format'
import { useWords } from '../words/words'

type Said = { icon: LucideIcon; tone: string; sentence: string; next: string }

/** standingOf is the one sentence, from what the server knows. */
function standingOf(number: WaNumber, now: number, words: Words, format: Format): Said {
  const w = words.standing
  if (number.stage === 'disconnected') return { icon: CircleX, tone: 'text-bad', sentence: words.away.why[number.away?.reason ?? ''] ?? w.disconnected, next: words.away.todo[number.away?.todo ?? ''] ?? w.disconnectedNext }
  if (number.stage === 'suspended') return { icon: CirclePause, tone: 'text-warn', sentence: w.suspended, next: w.suspendedNext }
  if (number.stage !== 'live') return { icon: CirclePause, tone: 'text-warn', sentence: w.other(number.stage), next: '' }
  if (number.stopped) return { icon: CircleX, tone: 'text-bad', sentence: w.stopped, next: w.stoppedBy[number.stopped] ?? number.stopped }
  if (number.mode === 'cloud') return { icon: CircleCheck, tone: 'text-good', sentence: w.workingCloud, next: '' }
  const beat = number.heartbeat
  const left = w.openNow(w.daysLeft(beat?.days_left ?? 0))
  const warned = { icon: CircleAlert, tone: 'text-warn' }
  if (beat?.condition === 'overdue') return { icon: CircleX, tone: 'text-bad', sentence: w.overdue, next: left }
  if (beat?.condition === 'unknown') return { ...warned, sentence: w.neverSeen, next: left }
  const sure = beat?.sure_at ?? null
  const agoOf = (at: string) => words.duration.ago(format.duration(Math.max(now - Date.parse(at), 0)))
  if (beat?.condition === 'due' || beat?.condition === 'at_risk') return { ...warned, sentence: sure ? w.silent(agoOf(sure)) : w.neverSeen, next: left }
  if (!beat || !sure) return { icon: CircleCheck, tone: 'text-good', sentence: w.workingUnseen, next: w.workingUnseenNext }
  // The days are counted from what cannot come from a linked computer; a later weak sign is told as what it is.
  const proof = beat.sure_kind ? w.known(words.numbers.beat[beat.sure_kind]) : ''
  const later = beat.last_at && beat.evidence === 'weak' && Date.parse(beat.last_at) > Date.parse(sure) ? w.alsoWeak(agoOf(beat.last_at)) : ''
  return { icon: CircleCheck, tone: 'text-good', sentence: w.working(agoOf(sure)), next: [w.daysLeft(beat.days_left), proof, later].filter(Boolean).join(' · ') }
}

/** Opened is the owner's word that the phone lives: the strongest proof there is. */
function Opened({ number }: { number: WaNumber }) {
  const { words } = useWords()
  const cache = useQueryClient()
  const seen = useMutation({
    mutationFn: () => calls.phoneSeen(number.id),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.number(number.id) }),
  })
  if (seen.isSuccess) {
    return (
      <p role="status" className="mt-3 text-soft">
        {words.standing.openedThanks}
      </p>
    )
  }
  return (
    <Button className="mt-3" isDisabled={seen.isPending} onPress={() => seen.mutate()}>
      {words.standing.opened}
    </Button>
  )
}

/** Standing is the one sentence a number's page begins with, and what to do about it. */
export function Standing({ number }: { number: WaNumber }) {
  const { words, format } = useWords()
  const now = useNow(15_000)
  const { icon: Icon, tone, sentence, next } = standingOf(number, now, words, format)
  return (
    <div className="flex items-start gap-3" data-testid="standing" data-stage={number.stage}>
      <Icon size={24} className={cx('mt-0.5 shrink-0', tone)} aria-hidden />
      <div>
        <p className="text-lg font-strong">{sentence}</p>
        {next ? <p className="max-w-160 text-soft">{next}</p> : null}
        {number.stage === 'live' && number.heartbeat && number.heartbeat.condition !== 'well' ? <Opened number={number} /> : null}
      </div>
    </div>
  )
}
