import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { WrittenText } from './WrittenText'

/** Piece is the shape of everything that is not plain text: a sign, a name, a line, and words below it. */
export function Piece({ icon: Icon, title, text, children }: { icon: LucideIcon; title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-ink/6 text-soft">
          <Icon size={18} aria-hidden />
        </span>
        <span className="flex min-w-0 flex-col">
          <span className="text-base font-strong">{title}</span>
          {children ? <span className="text-sm text-soft [overflow-wrap:anywhere]">{children}</span> : null}
        </span>
      </div>
      {text ? <WrittenText text={text} /> : null}
    </div>
  )
}
