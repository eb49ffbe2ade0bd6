import { can } from '../api/can'
import type { WindowState } from '../api/types'
import type { RingTone } from '../ui/Ring'

/** The ordinary window lasts a day; a longer entry window simply starts full. */
const whole = 24 * 3_600_000
const soon = 6 * 3_600_000

export type WindowView = { tone: RingTone; open: boolean; left: number; fraction: number }

/** windowView says how a window stands at a time: milliseconds left, share of a day left, and the colour for it. */
export function windowView(window: WindowState, now: number): WindowView {
  if (can.reply({ window }, now) !== true) {
    return { tone: window.opened_at || window.closes_at ? 'bad' : 'none', open: false, left: 0, fraction: 0 }
  }
  if (!window.closes_at) return { tone: 'good', open: true, left: 0, fraction: 1 }
  const left = Date.parse(window.closes_at) - now
  return { tone: left > soon ? 'good' : 'warn', open: true, left, fraction: Math.min(left / whole, 1) }
}
