import { olderSeq } from './order'
import type { Entry } from './types'

/** The kinds the server may send; EventSource hears only the names it was told. */
const kinds = [
  'message.received',
  'message.echoed',
  'message.queued',
  'message.status',
  'message.edited',
  'message.revoked',
  'message.reacted',
  'message.file',
  'message.imported',
  'contact.changed',
  'contact.merged',
  'conversation.read',
  'conversation.taken_over',
  'conversation.handed_back',
  'number.changed',
  'account.changed',
  'template.changed',
  'preference.changed',
  'history.chunk',
  'history.media',
  'history.declined',
  'chat.imported',
  'eligibility.opened',
  'system.noticed',
  'error.reported',
  'unknown.kept',
]

export type StreamState = 'connecting' | 'open' | 'lost'

export type StreamListener = {
  entry: (entry: Entry) => void
  /** The position is older than what is kept: everything shown must be fetched anew. */
  reload: () => void
  state: (state: StreamState) => void
}

/** How long to wait before a stream that was refused is asked for again, in milliseconds. */
const pauses = [500, 1_000, 2_000, 5_000, 10_000]

/**
 * Stream reads the journal as server-sent events, each entry once, in order. The
 * browser resumes a broken connection by Last-Event-ID; one that was refused
 * altogether (a restart, a proxy's error page) is opened anew after the last entry seen.
 */
export class Stream {
  private source: EventSource | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private closed = false

  constructor(
    private seq: string,
    private readonly listener: StreamListener,
    private readonly open: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  /** Position is the sequence of the newest entry seen. */
  get position(): string {
    return this.seq
  }

  /** start opens the stream after the last entry seen; on one that is open it does nothing. */
  start(): void {
    if (this.source) return
    this.closed = false
    this.connect()
  }

  stop(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.source?.close()
    this.source = null
  }

  /** retry asks again at once: the network came back, or entries seem to be missing. */
  retry(): void {
    if (this.closed) return
    clearTimeout(this.timer)
    this.source?.close()
    this.connect()
  }

  private connect(): void {
    this.listener.state('connecting')
    const source = this.open(`/v1/stream?after=${encodeURIComponent(this.seq)}`)
    this.source = source
    source.onopen = () => {
      this.failures = 0
      this.listener.state('open')
    }
    source.onerror = () => this.failed(source)
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => this.take(event))
    }
    source.addEventListener('reload', (event) => this.relocate(event))
  }

  /** relocate takes over the position the server goes on from; ours is not in its journal. */
  private relocate(event: Event): void {
    if (event instanceof MessageEvent && typeof event.data === 'string') {
      const seq = /"seq":"(\d+)"/.exec(event.data)?.[1]
      if (seq) this.seq = seq
    }
    this.listener.reload()
  }

  private take(event: Event): void {
    if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return
    const entry = parseEntry(event.data)
    if (!entry || !olderSeq(this.seq, entry.seq)) return
    this.seq = entry.seq
    this.listener.entry(entry)
  }

  private failed(source: EventSource): void {
    if (source !== this.source || this.closed) return
    this.listener.state('lost')
    if (source.readyState !== EventSource.CLOSED) return
    const pause = pauses[Math.min(this.failures, pauses.length - 1)]
    this.failures += 1
    this.timer = setTimeout(() => this.retry(), pause)
  }
}

function parseEntry(text: string): Entry | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    if (!('seq' in value) || typeof value.seq !== 'string') return null
    if (!('kind' in value) || typeof value.kind !== 'string') return null
    if (!('at' in value) || typeof value.at !== 'string') return null
    return value as Entry
  } catch {
    return null
  }
}
