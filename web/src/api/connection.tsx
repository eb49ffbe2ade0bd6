import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react'
import { Live } from './live'
import { keys } from './keys'
import { olderSeq } from './order'
import { sessionQuery } from './queries'
import { Stream, type StreamState } from './stream'
import { Outgoing, type Unsent } from './unsent'
import type { Session } from './types'

type Connection = { session: Session; outgoing: Outgoing; live: Live }

const Context = createContext<Connection | null>(null)

/** How often the server is asked for its time and its newest sequence, in milliseconds. */
const heartbeat = 60_000
/** How long a hidden page keeps its stream, in milliseconds. */
const rest = 30_000

/** ConnectionProvider holds the one event stream of a signed-in page; its key is the person, who gets parts of their own. */
export function ConnectionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const cache = useQueryClient()

  const parts = useMemo(() => {
    const outgoing = new Outgoing(cache, storage())
    return { outgoing, live: new Live(cache, outgoing) }
  }, [cache])

  useEffect(() => {
    const { outgoing, live } = parts
    const start = cache.getQueryData<Session | null>(keys.session)?.seq ?? '0'
    const stream = new Stream(start, {
      entry: (entry) => live.entry(entry),
      reload: () => live.reload(),
      state: (state) => {
        cache.setQueryData<StreamState>(keys.stream, state)
        if (state === 'open') outgoing.retryAll()
      },
    })
    stream.start()

    const online = () => stream.retry()
    window.addEventListener('online', online)
    // A connection can be dead without either side having noticed. Then the server's newest sequence runs ahead of ours.
    const check = async () => {
      if (document.visibilityState === 'hidden') return
      const before = stream.position
      const seen = await cache.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => null)
      if (!seen || !olderSeq(before, seen.seq)) return
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      if (stream.position === before) stream.retry()
    }
    const timer = setInterval(check, heartbeat)
    // A browser opens only a handful of connections to one server: a page nobody has looked at for a while gives its
    // own up, and takes up the stream where it left it as soon as it is looked at again.
    let resting: ReturnType<typeof setTimeout> | undefined
    const visible = () => {
      clearTimeout(resting)
      if (document.visibilityState === 'hidden') {
        resting = setTimeout(() => stream.stop(), rest)
        return
      }
      stream.start()
      void check()
    }
    document.addEventListener('visibilitychange', visible)
    return () => {
      stream.stop()
      clearTimeout(resting)
      clearInterval(timer)
      window.removeEventListener('online', online)
      document.removeEventListener('visibilitychange', visible)
    }
  }, [cache, parts])

  const connection = useMemo(() => ({ session, ...parts }), [session, parts])
  return <Context.Provider value={connection}>{children}</Context.Provider>
}

export function useConnection(): Connection {
  const connection = useContext(Context)
  if (!connection) throw new Error('useConnection outside ConnectionProvider')
  return connection
}

export function useStreamState(): StreamState {
  const { data } = useQuery<StreamState>({
    queryKey: keys.stream,
    queryFn: () => 'connecting' as const,
    initialData: 'connecting',
    staleTime: Infinity,
  })
  return data
}

/** useUnsent lists what the person has written and the server has not yet taken, oldest first. */
export function useUnsent(conversation: string): Unsent[] {
  const { outgoing } = useConnection()
  const { data } = useQuery({
    queryKey: keys.unsent(conversation),
    queryFn: () => outgoing.list(conversation),
    initialData: () => outgoing.list(conversation),
    staleTime: Infinity,
    gcTime: Infinity,
  })
  return data
}

function storage(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

/** forget removes from this browser whatever a person had written here. */
export function forget(): void {
  const store = storage()
  if (!store) return
  for (const key of Object.keys(store)) {
    if (key === 'wasl.connect' || key.startsWith('wasl.draft.') || key.startsWith('wasl.unsent.')) store.removeItem(key)
  }
}
