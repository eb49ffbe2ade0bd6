import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { calls, type ConversationFilter } from './calls'
import { serverSaid } from './clock'
import { Problem } from './client'
import { keys } from './keys'
import { ended, type Prospect } from './movein'
import type { Session } from './types'

// Nothing grows stale by itself: the event stream says what changed.
const staleTime = Infinity

/** The session is null for somebody who is not signed in. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await calls.session()
      if (session.now) serverSaid(session.now)
      return session
    } catch (err) {
      if (err instanceof Problem && err.status === 401) return null
      throw err
    }
  },
  staleTime,
})

export const numbersQuery = queryOptions({
  queryKey: keys.numbers,
  queryFn: async () => (await calls.numbers()).data,
  staleTime,
})

// A phone's sign of life and the passing of a sync are no entries of the stream: they are looked up again.
export const numberQuery = (id: string) =>
  queryOptions({ queryKey: keys.number(id), queryFn: () => calls.number(id), staleTime: 0, refetchInterval: 15_000 })

export const syncsQuery = (number: string) =>
  queryOptions({
    queryKey: keys.syncs(number),
    queryFn: async () => (await calls.syncs(number)).data,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.every(ended) ? 30_000 : 2_000),
  })

export const timelineQuery = (number: string) =>
  infiniteQueryOptions({
    queryKey: keys.timeline(number),
    queryFn: ({ pageParam }) => calls.timeline(number, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
    refetchInterval: 30_000,
  })

export const openSyncsQuery = queryOptions({
  queryKey: keys.openSyncs,
  queryFn: async () => (await calls.openSyncs()).data,
  staleTime: 0,
  refetchInterval: 10_000,
})

export const platformQuery = queryOptions({ queryKey: keys.platform, queryFn: async () => (await calls.platform()).data, staleTime })

export const openingsQuery = queryOptions({ queryKey: keys.openings, queryFn: calls.openings, select: (page) => page.data })

export const eligibilityQuery = (prospect: Prospect) =>
  queryOptions({ queryKey: keys.eligibility(prospect), queryFn: () => calls.eligibility(prospect), staleTime: 60_000 })

export const signupQuery = queryOptions({ queryKey: keys.signup, queryFn: calls.signup, staleTime: 0 })

export const onboardingsQuery = queryOptions({
  queryKey: keys.onboardings,
  queryFn: async () => (await calls.onboardings()).data,
  staleTime: 0,
})

export const onboardingQuery = (id: string) =>
  queryOptions({
    queryKey: keys.onboarding(id),
    queryFn: () => calls.onboarding(id),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.step === 'done' || state.data?.step === 'failed' ? false : 1_000),
  })

export const listQuery = (filter: ConversationFilter) =>
  infiniteQueryOptions({
    queryKey: keys.list(filter),
    queryFn: ({ pageParam }) => calls.conversations(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime,
  })

export const conversationQuery = (id: string) =>
  queryOptions({ queryKey: keys.conversation(id), queryFn: () => calls.conversation(id), staleTime })

export const messagesQuery = (conversation: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(conversation),
    queryFn: ({ pageParam }) => calls.messages(conversation, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime,
  })

export const contactQuery = (id: string) =>
  queryOptions({ queryKey: keys.contact(id), queryFn: () => calls.contact(id), staleTime })

// Deliveries belong to no stream: fresh whenever somebody looks.
export const deliveriesQuery = (state: string) =>
  infiniteQueryOptions({
    queryKey: keys.deliveries(state),
    queryFn: ({ pageParam }) => calls.deliveries(state, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  })

export const deliveryQuery = (id: string) =>
  queryOptions({ queryKey: keys.delivery(id), queryFn: () => calls.delivery(id), staleTime: 0 })
