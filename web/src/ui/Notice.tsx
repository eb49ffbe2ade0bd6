import type { ReactNode } from 'react'
import { cx } from './class'

const tones = {
  plain: 'bg-ground text-ink',
  good: 'bg-accent-wash text-ink',
  warn: 'bg-warn-wash text-warn',
  bad: 'bg-bad-wash text-bad',
}

/** Notice says something that matters now, and what to do about it. */
export function Notice({ tone = 'plain', title, icon, alert, children }: { tone?: keyof typeof tones; title: string; icon?: ReactNode; alert?: boolean; children?: ReactNode }) {
  return (
    <div role={alert ? 'alert' : undefined} className={cx('flex items-start gap-3 rounded-xl p-4', tones[tone])}>
      {icon ? <span className="mt-0.5 shrink-0">{icon}</span> : null}
      <div className="flex min-w-0 grow flex-col gap-1">
        <p className="font-strong">{title}</p>
        {children}
      </div>
    </div>
  )
}
