import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Stream, type StreamState } from './stream'
import type { Entry } from './types'

class FakeSource extends EventTarget {
  static last: FakeSource
  static readonly CLOSED = 2
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    FakeSource.last = this
  }
  close() {
    this.readyState = 2
  }
  say(kind: string, entry: unknown) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(entry) }))
  }
  fail(forGood: boolean) {
    this.readyState = forGood ? 2 : 0
    this.onerror?.()
  }
}

const entry = (seq: string): Entry => ({ seq, at: '2026-11-22T10:00:00Z', kind: 'message.received' })

describe('Stream', () => {
  let seen: string[]
  let states: StreamState[]
  let reloads: number
  let stream: Stream

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('EventSource', FakeSource)
    seen = []
    states = []
    reloads = 0
    stream = new Stream(
      '10',
      { entry: (e) => seen.push(e.seq), reload: () => (reloads += 1), state: (s) => states.push(s) },
      (url) => new FakeSource(url) as unknown as EventSource,
    )
    stream.start()
  })
  afterEach(() => {
    stream.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('starts after the position it was given', () => {
    expect(FakeSource.last.url).toBe('/v1/stream?after=10')
  })

  it('gives each entry once, though a resumed stream repeats some', () => {
    for (const seq of ['11', '12', '11', '12', '13']) FakeSource.last.say('message.received', entry(seq))
    expect(seen).toEqual(['11', '12', '13'])
  })

  it('opens a refused stream anew after the last entry seen', () => {
    FakeSource.last.say('message.received', entry('15'))
    const first = FakeSource.last
    first.fail(true)
    vi.advanceTimersByTime(500)
    expect(FakeSource.last).not.toBe(first)
    expect(FakeSource.last.url).toBe('/v1/stream?after=15')
  })

  it('leaves a broken stream to the browser, which resumes it', () => {
    const first = FakeSource.last
    first.fail(false)
    vi.advanceTimersByTime(60_000)
    expect(FakeSource.last).toBe(first)
    expect(states.at(-1)).toBe('lost')
  })

  it('rests and takes up where it left', () => {
    const first = FakeSource.last
    stream.start()
    expect(FakeSource.last).toBe(first)
    first.say('message.received', entry('12'))
    stream.stop()
    stream.start()
    expect(first.readyState).toBe(2)
    expect(FakeSource.last.url).toBe('/v1/stream?after=12')
  })

  it('passes a reload on and ignores what it cannot read', () => {
    FakeSource.last.dispatchEvent(new MessageEvent('reload', { data: '' }))
    FakeSource.last.dispatchEvent(new MessageEvent('message.received', { data: 'no json' }))
    expect(reloads).toBe(1)
    expect(seen).toEqual([])
  })
})
