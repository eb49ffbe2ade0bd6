import { cx } from './class'

export type RingTone = 'good' | 'warn' | 'bad' | 'none'

const tones: Record<RingTone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  none: 'text-line-strong',
}

/** Ring draws what is left of something, clockwise from the top; it never stands alone without words. */
export function Ring({ left, tone, size, width = 2 }: { left: number; tone: RingTone; size: number; width?: number }) {
  const radius = (size - width) / 2
  const around = 2 * Math.PI * radius
  return (
    <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} className={cx('shrink-0', tones[tone])} aria-hidden>
      <circle cx={size / 2} cy={size / 2} r={radius} fill="none" className="stroke-line" strokeWidth={width} />
      {left > 0 ? (
        <circle
          cx={size / 2}
          cy={size / 2}
          r={radius}
          fill="none"
          stroke="currentColor"
          strokeWidth={width}
          strokeLinecap="round"
          strokeDasharray={`${around * Math.min(left, 1)} ${around}`}
          transform={`rotate(-90 ${size / 2} ${size / 2})`}
        />
      ) : null}
      {tone === 'bad' ? (
        <circle
          cx={size / 2}
          cy={size / 2}
          r={radius}
          fill="none"
          stroke="currentColor"
          strokeWidth={width}
          strokeDasharray="2 3"
          opacity={0.8}
        />
      ) : null}
    </svg>
  )
}
