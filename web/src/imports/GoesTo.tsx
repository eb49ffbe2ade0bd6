import { useQuery } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { calls } from '../api/calls'
import { keys } from '../api/keys'
import type { ChatImport } from '../api/imports'
import { Notice } from '../ui/Notice'
import { useWords } from '../words/words'
import { digitsOf } from './answers'

/** conversationOf finds the conversation an import goes into, if there is one. */
export function useConversationOf(one: ChatImport) {
  const filter = { q: one.preview.contact, number: one.number_id }
  return useQuery({
    queryKey: [...keys.list(filter), 'of-import'],
    enabled: one.preview.contact !== '',
    staleTime: 0,
    queryFn: async () => (await calls.conversations(filter, null)).data.find((c) => digitsOf(c.contact.phone) === one.preview.contact) ?? null,
  })
}

/** GoesTo says which conversation it will be: the last moment to see that it is the wrong one. */
export function GoesTo({ one }: { one: ChatImport }) {
  const { words } = useWords()
  const w = words.imports.look
  const { data: conversation } = useConversationOf(one)
  if (conversation === undefined) return null
  if (conversation === null) return <p>{w.goesNew}</p>
  const here = conversation.contact.name
  const file = one.preview.them
  const differs = here && file && here.localeCompare(file, undefined, { sensitivity: 'base' }) !== 0 && digitsOf(file) !== one.preview.contact
  if (!differs) return <p>{w.goesTo(here || conversation.contact.phone)}</p>
  return (
    <Notice tone="warn" title={w.otherName(here, file)} icon={<CircleAlert size={20} aria-hidden />}>
      <p>
        {w.goesTo(here)} {w.otherNameNext}
      </p>
    </Notice>
  )
}
