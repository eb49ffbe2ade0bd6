import type { Words } from './en'
import type { Lang } from './plural'

const day = 86_400_000

// The calendar and the digits are always named: browsers differ on what Arabic locales mean by default.
const locale = { en: 'en-GB-u-ca-gregory-nu-latn', ar: 'ar-u-ca-gregory-nu-latn' }

/** Format writes times the way people of a language expect, in their own time zone. */
export type Format = {
  /** "14:32" */
  time: (at: string) => string
  /** "14:32" today, "Yesterday", a weekday within six days, else "3 Nov" or "3 Nov 2025". */
  brief: (at: string, now: number) => string
  /** A time to come: "18:40" today, "tomorrow 18:40", else in full. */
  upcoming: (at: string, now: number) => string
  /** "3 Nov 2026, 14:32:07" */
  exact: (at: string) => string
  /** "Today", "Yesterday", else "Tuesday 3 November". */
  day: (at: string, now: number) => string
  /** "3 Nov 2026, 14:32" */
  full: (at: string) => string
  /** "3 Nov 2026" of a date without time. */
  date: (date: string) => string
  /** "3 h 12 min", "12 min"; for whole days and more, "4 days". */
  duration: (milliseconds: number) => string
  number: (n: number) => string
}

export function formatFor(lang: Lang, words: Words): Format {
  const make = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale[lang], options)
  const time = make({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const weekday = make({ weekday: 'long' })
  const short = make({ day: 'numeric', month: 'short' })
  const shortYear = make({ day: 'numeric', month: 'short', year: 'numeric' })
  const long = make({ weekday: 'long', day: 'numeric', month: 'long' })
  const longYear = make({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const number = new Intl.NumberFormat(locale[lang])

  const seconds = make({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const comma = lang === 'ar' ? '، ' : ', '
  const full = (at: string) => `${shortYear.format(new Date(at))}${comma}${time.format(new Date(at))}`

  const daysAgo = (at: string, now: number) => (startOfDay(now) - startOfDay(Date.parse(at))) / day
  const sameYear = (at: string, now: number) => new Date(at).getFullYear() === new Date(now).getFullYear()

  return {
    time: (at) => time.format(new Date(at)),
    brief: (at, now) => {
      const ago = Math.round(daysAgo(at, now))
      if (ago <= 0) return time.format(new Date(at))
      if (ago === 1) return words.list.yesterday
      if (ago < 7) return weekday.format(new Date(at))
      return (sameYear(at, now) ? short : shortYear).format(new Date(at))
    },
    upcoming: (at, now) => {
      const ahead = -Math.round(daysAgo(at, now))
      if (ahead <= 0) return time.format(new Date(at))
      if (ahead === 1) return words.window.tomorrow(time.format(new Date(at)))
      return full(at)
    },
    exact: (at) => `${shortYear.format(new Date(at))}${comma}${seconds.format(new Date(at))}`,
    day: (at, now) => {
      const ago = Math.round(daysAgo(at, now))
      if (ago === 0) return words.thread.today
      if (ago === 1) return words.thread.yesterday
      return (sameYear(at, now) ? long : longYear).format(new Date(at))
    },
    full,
    date: (date) => shortYear.format(new Date(date.length === 10 ? `${date}T12:00:00` : date)),
    duration: (milliseconds) => {
      const minutes = Math.floor(milliseconds / 60_000)
      if (minutes < 1) return words.duration.soon
      if (minutes < 60) return words.duration.m(minutes)
      if (minutes < 48 * 60) return words.duration.hm(Math.floor(minutes / 60), minutes % 60)
      return words.duration.days(Math.floor(minutes / (24 * 60)))
    },
    number: (n) => number.format(n),
  }
}

function startOfDay(time: number): number {
  const date = new Date(time)
  date.setHours(0, 0, 0, 0)
  return date.getTime()
}
