import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, Laptop, LoaderCircle, MessageCircle, Smartphone } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { calls } from '../../api/calls'
import { useConnection } from '../../api/connection'
import { keys } from '../../api/keys'
import type { Onboarding } from '../../api/movein'
import { numberQuery } from '../../api/queries'
import { paths } from '../../paths'
import { buttonLook } from '../../ui/Button'
import { cx } from '../../ui/class'
import { useWords } from '../../words/words'
import { Syncs } from '../Syncs'
import { forgetDraft } from './draft'

/** Connected is the end: it shows that messages go both ways, and what of the past has come. */
export function Connected({ onboarding, number: id }: { onboarding: Onboarding; number: string }) {
  const { words } = useWords()
  const w = words.connect.done
  const cache = useQueryClient()
  const number = useQuery(numberQuery(id))
  const name = number.data?.display ?? ''
  useEffect(() => {
    forgetDraft()
    void cache.invalidateQueries({ queryKey: keys.numbers })
  }, [cache])
  useEffect(() => {
    if (name) document.title = `${w.title(name)} · ${words.app}`
  }, [name, w, words])

  const phone = onboarding.mode === 'coexistence'
  return (
    <main className="scroller h-full overflow-y-auto bg-paper">
      <div className="mx-auto flex max-w-190 flex-col gap-8 px-4 py-6 two:px-8 two:py-10">
        <header className="flex items-start gap-4">
          <CircleCheck size={32} className="shrink-0 text-good" aria-hidden />
          <div>
            <h1 className="tabular text-xl font-strong">{w.title(name)}</h1>
            <p className="text-read text-soft">{phone ? w.lead : w.leadCloud}</p>
          </div>
        </header>
        <BothWays id={id} begun={onboarding.begun_at} phone={phone} alive={number.data?.heartbeat?.kind === 'echo' ? number.data.heartbeat.last_at : null} />
        {phone ? <Syncs number={id} /> : null}
        {phone ? (
          <section className="flex items-start gap-4 rounded-2xl border border-line p-5">
            <Laptop size={24} className="shrink-0 text-soft" aria-hidden />
            <div>
              <h2 className="font-strong">{w.relink}</h2>
              <p className="text-soft">{w.relinkDo}</p>
            </div>
          </section>
        ) : null}
        <footer className="flex flex-wrap gap-3 border-t border-line pt-4">
          <Link to={paths.inbox} search={{ number: id }} className={buttonLook('primary', 'min-h-11 px-6')}>
            {w.toInbox}
          </Link>
          <Link to="/numbers/$id" params={{ id }} className={buttonLook('plain', 'min-h-11 px-6')}>
            {w.toNumberPage}
          </Link>
        </footer>
      </div>
    </main>
  )
}

type Seen = { at: string; conversation: string | null }

/** BothWays waits for the first message each way. What came while nobody looked counts as well. */
function BothWays({ id, begun, phone, alive }: { id: string; begun: string; phone: boolean; alive: string | null }) {
  const { words, format } = useWords()
  const w = words.connect.done
  const { live } = useConnection()
  const [echo, setEcho] = useState<Seen | null>(null)
  const [received, setReceived] = useState<Seen | null>(null)

  useEffect(
    () =>
      live.hear((entry) => {
        if (entry.number_id !== id) return
        const seen = { at: entry.at, conversation: entry.conversation_id ?? null }
        if (entry.kind === 'message.echoed') setEcho(seen)
        if (entry.kind === 'message.received') setReceived(seen)
      }),
    [id, live],
  )
  // A window is opened by a customer's message of after the connection, and by nothing else.
  useEffect(() => {
    calls.conversations({ number: id }, null).then(
      ({ data }) => {
        const open = data.find((c) => c.window.opened_at && c.window.opened_at > begun)
        if (open) setReceived((seen) => seen ?? { at: open.window.opened_at ?? '', conversation: open.id })
      },
      () => undefined, // It is seen when the next one comes.
    )
  }, [begun, id])

  const fromPhone = echo ?? (alive && alive > begun ? { at: alive, conversation: null } : null)
  return (
    <section className="flex flex-col gap-4" aria-labelledby="both-ways">
      <h2 id="both-ways" className="text-lg font-strong">
        {w.test}
      </h2>
      <div className={cx('grid gap-4', phone && 'two:grid-cols-2')} role="status">
        {phone ? (
          <Way testId="from-phone" icon={<Smartphone size={24} aria-hidden />} title={w.fromPhone} todo={w.fromPhoneDo} wait={w.fromPhoneWait} seen={fromPhone}>
            {fromPhone ? w.fromPhoneDone(format.time(fromPhone.at)) : ''}
          </Way>
        ) : null}
        <Way testId="to-number" icon={<MessageCircle size={24} aria-hidden />} title={w.toNumber} todo={w.toNumberDo} wait={w.toNumberWait} seen={received}>
          {received ? w.toNumberDone(format.time(received.at)) : ''}
        </Way>
      </div>
    </section>
  )
}

type WayProps = { testId: string; icon: ReactNode; title: string; todo: string; wait: string; seen: Seen | null; children: string }

function Way({ testId, icon, title, todo, wait, seen, children }: WayProps) {
  const { words } = useWords()
  return (
    <div
      data-testid={testId}
      data-seen={seen !== null}
      className={cx('flex flex-col gap-2 rounded-2xl border p-5', seen ? 'border-accent bg-accent-wash' : 'border-line')}
    >
      <span className={seen ? 'text-good' : 'text-soft'}>{seen ? <CircleCheck size={24} aria-hidden /> : icon}</span>
      <h3 className="font-strong">{title}</h3>
      {seen ? (
        <p>{children}</p>
      ) : (
        <>
          <p className="text-soft">{todo}</p>
          <p className="flex items-center gap-2 text-sm text-soft">
            <LoaderCircle size={16} className="shrink-0 animate-[spin_1.2s_linear_infinite]" aria-hidden />
            {wait}
          </p>
        </>
      )}
      {seen?.conversation ? (
        <Link to="/c/$id" params={{ id: seen.conversation }} className="text-sm font-strong text-accent underline-offset-4 hover:underline">
          {words.connect.done.openIt}
        </Link>
      ) : null}
    </div>
  )
}
