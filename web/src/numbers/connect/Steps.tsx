import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from '../../ui/Button'
import { useWords } from '../../words/words'

type Props = {
  title: string
  lead?: string
  /** Which step of how many this is. */
  at: number
  of: number
  onBack?: () => void
  children: ReactNode
  /** What leads on, at the end. */
  next?: ReactNode
}

/** Step is one screen of the wizard; the one that opens takes the focus to its title, so that it is read out. */
export function Step({ title, lead, at, of, onBack, children, next }: Props) {
  const { words } = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${words.app}`
    heading.current?.focus({ preventScroll: true })
  }, [title, words])
  return (
    <main className="scroller h-full overflow-y-auto bg-paper">
      <div className="mx-auto flex max-w-160 flex-col gap-6 px-4 py-6 two:px-8 two:py-10">
        <header className="flex flex-col gap-3">
          <div className="flex items-center gap-3">
            <span className="text-sm whitespace-nowrap text-soft">{words.connect.step(at, of)}</span>
            <span className="flex grow gap-1" aria-hidden>
              {Array.from({ length: of }, (_, i) => (
                <span key={i} className={i < at ? 'h-1 grow rounded-full bg-accent' : 'h-1 grow rounded-full bg-line'} />
              ))}
            </span>
          </div>
          <h1 ref={heading} tabIndex={-1} className="text-xl font-strong outline-none">
            {title}
          </h1>
          {lead ? <p className="text-read text-soft">{lead}</p> : null}
        </header>
        {children}
        {onBack || next ? (
          <footer className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            {onBack ? (
              <Button look="quiet" className="min-h-11 -ms-3" onPress={onBack}>
                <ArrowLeft size={16} className="rtl:-scale-x-100" aria-hidden />
                {words.act.back}
              </Button>
            ) : (
              <span />
            )}
            <div className="flex flex-wrap items-center gap-3">{next}</div>
          </footer>
        ) : null}
      </div>
    </main>
  )
}
