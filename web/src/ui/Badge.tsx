import type { ReactNode } from 'react'
import { cx } from './class'

const tones = {
  plain: 'bg-ground text-soft',
  good: 'bg-ground text-good',
  warn: 'bg-warn-wash text-warn',
  bad: 'bg-bad-wash text-bad',
}

export type BadgeTone = keyof typeof tones

/** Badge names a state in a word; its colour only repeats it. */
export function Badge({ tone = 'plain', children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span className={cx('inline-flex items-center gap-1 rounded-md px-2 py-0.5 text-xs font-strong whitespace-nowrap', tones[tone])}>
      {children}
    </span>
  )
}
