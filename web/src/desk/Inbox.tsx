import { useNavigate, useParams } from '@tanstack/react-router'
import { MessagesSquare } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { Blank } from '../ui/Blank'
import { cx } from '../ui/class'
import { useWords } from '../words/words'
import { ConversationPane } from './ConversationPane'
import { ConversationList } from './list/ConversationList'
import { ListFilter } from './list/ListFilter'
import { useShortcuts } from './shortcuts'

/** Inbox: list, thread and details side by side where there is room, else two of them, else one. The menu is for screens without a rail. */
export function Inbox({ menu }: { menu: ReactNode }) {
  const { words } = useWords()
  const navigate = useNavigate()
  const { id } = useParams({ strict: false })
  const here = id ?? null
  const step = useRef<(by: 1 | -1) => void>(null)
  // Opening by hand moves on to the composer; moving through the list by shortcut stays.
  const [opened, setOpened] = useState(0)
  const onOpen = useCallback(() => setOpened((n) => n + 1), [])

  useShortcuts({
    next: () => step.current?.(1),
    previous: () => step.current?.(-1),
    reply: () => document.getElementById('composer')?.focus(),
    search: () => document.getElementById('search')?.focus(),
  })
  useEffect(() => {
    document.title = `${words.place.inbox} · ${words.app}`
  }, [words])

  const back = useCallback(() => void navigate({ to: '/', search: (old) => old }), [navigate])

  return (
    <div className="flex h-full">
      <section
        aria-label={words.list.label}
        className={cx(
          'h-full w-full shrink-0 flex-col border-e border-line bg-paper two:flex two:w-75 three:w-85',
          here ? 'hidden' : 'flex',
        )}
      >
        <header className="flex h-14 shrink-0 items-center justify-between ps-4 pe-3">
          <h1 className="text-lg font-strong">{words.place.inbox}</h1>
          <span className="two:hidden">{menu}</span>
        </header>
        <ListFilter />
        <div className="min-h-0 grow border-t border-line">
          <ConversationList here={here} step={step} onOpen={onOpen} />
        </div>
      </section>
      <div className={cx('h-full min-w-0 grow bg-thread', here ? 'flex' : 'hidden two:flex')}>
        {here ? (
          <ConversationPane key={here} id={here} opened={opened} onBack={back} />
        ) : (
          <main className="grow">
            <Blank icon={<MessagesSquare size={36} strokeWidth={1.5} aria-hidden />} title={words.thread.none} next={words.thread.noneNext} />
          </main>
        )}
      </div>
    </div>
  )
}
