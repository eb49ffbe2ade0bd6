import { useEffect, useState } from 'react'

// The demo's clock can be moved days ahead, and people's clocks are wrong, so the
// countdowns run on the server's time: ours plus what the server was last seen ahead.
let ahead = 0

/** now is the server's time in milliseconds, as well as we know it. */
export function now(): number {
  return Date.now() + ahead
}

/** serverSaid takes the server's own word for its time: exact, in both directions. */
export function serverSaid(at: string): void {
  const time = Date.parse(at)
  if (!Number.isNaN(time)) ahead = time - Date.now()
}

/** notBefore learns from a thing that has just happened: the server's time is at least this. */
export function notBefore(at: string): void {
  const time = Date.parse(at)
  if (!Number.isNaN(time) && time > now()) ahead = time - Date.now()
}

/** useNow gives the server's time and renders again every interval. */
export function useNow(interval = 15_000): number {
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), interval)
    return () => clearInterval(timer)
  }, [interval])
  return time
}
