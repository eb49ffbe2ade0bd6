import { queryOptions } from '@tanstack/react-query'
import { call, Problem, problemFrom, query } from './client'
import type { Page } from './types'

// Exported chats on their way into a conversation, as the server documents them in /openapi.json.

export type ImportState = 'waiting' | 'running' | 'done' | 'undoing' | 'undone' | 'expired'

export type ImportQuestion = 'order' | 'me' | 'them' | 'contact' | 'zone'

export type ImportOrder = 'dmy' | 'mdy' | 'ymd' | 'ydm'

export type ImportPreview = {
  questions: ImportQuestion[]
  frame: string
  order: ImportOrder | ''
  readings: { order: ImportOrder; first: string; last: string }[]
  zone: string
  people: { name: string; messages: number }[]
  me: string
  them: string
  contact: string
  first: string | null
  last: string | null
  counts: Record<string, number>
  messages: number
  others: number
  not_understood: number
  lines: number[]
  files_named: number
  files_found: number
  known: number | null
}

export type ChatImport = {
  id: string
  number_id: string
  name: string
  state: ImportState
  created_at: string
  confirmed_at: string | null
  finished_at: string | null
  expires_at: string | null
  undo_until: string | null
  preview: ImportPreview
  handled: number
  added: number
  known: number
  removed: number
  kept: number
  files: number
}

export type ImportAnswers = { contact?: string; me?: string; them?: string; order?: ImportOrder; zone?: string }

const id = encodeURIComponent

export const importCalls = {
  list: (number: string) => call<Page<ChatImport>>('GET', `/v1/numbers/${id(number)}/imports`),
  one: (one: string) => call<ChatImport>('GET', `/v1/imports/${id(one)}`),
  answer: (one: string, answers: ImportAnswers) => call<ChatImport>('POST', `/v1/imports/${id(one)}/answers`, { body: answers }),
  confirm: (one: string, answers: ImportAnswers) => call<ChatImport>('POST', `/v1/imports/${id(one)}/confirm`, { body: answers }),
  discard: (one: string) => call<void>('DELETE', `/v1/imports/${id(one)}`),
  undo: (one: string) => call<ChatImport>('POST', `/v1/imports/${id(one)}/undo`),
  upload: async (number: string, file: File): Promise<ChatImport> => {
    let answer: Response
    try {
      answer = await fetch(`/v1/numbers/${id(number)}/imports${query({ name: file.name.slice(-200) })}`, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/octet-stream' },
        credentials: 'same-origin',
        body: file,
      })
    } catch {
      throw new Problem(0, 'unreachable', 'The server cannot be reached.')
    }
    if (!answer.ok) throw await problemFrom(answer)
    return (await answer.json()) as ChatImport
  },
}

export const importKeys = {
  list: (number: string) => ['numbers', number, 'imports'] as const,
  one: (one: string) => ['imports', one] as const,
}

/** Whether the server is at work on an import, so that it is looked up again and again. */
export function working({ state }: Pick<ChatImport, 'state'>): boolean {
  return state === 'running' || state === 'undoing'
}

export const importsQuery = (number: string) =>
  queryOptions({
    queryKey: importKeys.list(number),
    queryFn: async () => (await importCalls.list(number)).data,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(working) ? 2_000 : false),
  })

export const importQuery = (one: string) =>
  queryOptions({
    queryKey: importKeys.one(one),
    queryFn: () => importCalls.one(one),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && working(state.data) ? 1_000 : false),
  })
