import { Link, useRouterState } from '@tanstack/react-router'
import { Inbox, Smartphone, Webhook } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useConnection, useStreamState } from '../api/connection'
import { paths } from '../paths'
import { SettingsMenu } from '../settings/SettingsMenu'
import { cx } from '../ui/class'
import { Mark } from '../ui/Mark'
import { Tip } from '../ui/Tip'
import { useWords } from '../words/words'

/** Frame stands around every place: where one can go, and whether we are connected. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="flex h-dvh">
      <Rail />
      <div className="flex min-w-0 grow flex-col">
        <ConnectionNotice />
        <div className="min-h-0 grow">{children}</div>
      </div>
    </div>
  )
}

function Rail() {
  const { words } = useWords()
  const { session } = useConnection()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const inInbox = path === '/' || path.startsWith('/c/')
  return (
    <nav
      aria-label={words.place.main}
      className="hidden w-14 shrink-0 flex-col items-center gap-1 border-e border-line bg-ground py-3 two:flex"
    >
      <span className="mb-3">
        <Mark />
      </span>
      <Place to={paths.inbox} label={words.place.inbox} here={inInbox}>
        <Inbox size={20} aria-hidden />
      </Place>
      <Place to={paths.numbers} label={words.place.numbers} here={path.startsWith('/numbers') || path.startsWith('/connect')}>
        <Smartphone size={20} aria-hidden />
      </Place>
      {session.person.operator ? (
        <Place to={paths.deliveries} label={words.place.deliveries} here={path.startsWith('/deliveries')}>
          <Webhook size={20} aria-hidden />
        </Place>
      ) : null}
      <span className="grow" />
      <SettingsMenu placement="end bottom" />
    </nav>
  )
}

function Place({ to, label, here, children }: { to: string; label: string; here: boolean; children: ReactNode }) {
  return (
    <Tip text={label}>
      <Link
        to={to}
        aria-label={label}
        aria-current={here ? 'page' : undefined}
        className={cx(
          'flex size-10 items-center justify-center rounded-lg transition-colors',
          here ? 'bg-accent-wash text-accent' : 'text-soft hover:bg-hover hover:text-ink',
        )}
      >
        {children}
      </Link>
    </Tip>
  )
}

/** A short break is not worth a word; a longer one is said, without blame. */
function ConnectionNotice() {
  const { words } = useWords()
  const open = useStreamState() === 'open'
  const [long, setLong] = useState(false)
  useEffect(() => {
    if (open) return
    const timer = setTimeout(() => setLong(true), 2_500)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [open])
  return (
    <div role="status">
      {long ? <p className="bg-warn-wash px-4 py-1 text-center text-sm text-warn">{words.state.offline}</p> : null}
    </div>
  )
}
