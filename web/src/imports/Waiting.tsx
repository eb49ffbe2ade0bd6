import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { Problem } from '../api/client'
import { importCalls, importKeys, type ChatImport } from '../api/imports'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { explain, useWords } from '../words/words'
import { answersOf, unanswered } from './answers'
import { GoesTo } from './GoesTo'
import { Questions } from './Questions'
import { Seen } from './Seen'

/** Waiting shows what is in a file, asks what it does not say, and imports on a yes. */
export function Waiting({ one }: { one: ChatImport }) {
  const { words, format, lang } = useWords()
  const w = words.imports
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [answers, setAnswers] = useState(() => answersOf(one))
  const [marked, setMarked] = useState(false)
  const keep = (next: ChatImport) => cache.setQueryData(importKeys.one(one.id), next)
  const look = useMutation({
    mutationFn: () => importCalls.answer(one.id, answers),
    onSuccess: (next) => {
      keep(next)
      setAnswers(answersOf(next))
    },
  })
  const confirm = useMutation({
    mutationFn: () => importCalls.confirm(one.id, answers),
    onSuccess: keep,
    // A question that came up between looking and confirming is shown with the new preview.
    onError: () => void cache.invalidateQueries({ queryKey: importKeys.one(one.id) }),
  })
  const discard = useMutation({
    mutationFn: () => importCalls.discard(one.id),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: importKeys.list(one.number_id) })
      void navigate({ to: '/numbers/$id/import', params: { id: one.number_id } })
    },
  })
  const busy = look.isPending || confirm.isPending || discard.isPending
  const open = one.preview.questions.length > 0
  const changed = JSON.stringify(answers) !== JSON.stringify(answersOf(one))
  const missing = unanswered(answers, one.preview)
  const error = look.error ?? confirm.error ?? discard.error
  const refused = error instanceof Problem ? explain(lang, error) : null
  const nothing = !open && !changed && one.preview.known === one.preview.messages
  const again = () => {
    setMarked(true)
    if (missing.length === 0) look.mutate()
  }
  return (
    <div className="flex flex-col gap-8">
      <Questions preview={one.preview} answers={answers} onChange={setAnswers} missing={marked ? missing : []}>
        {open || changed ? (
          <Button look="primary" className="min-h-11 self-start px-6" isDisabled={busy} onPress={again}>
            {w.ask.again}
          </Button>
        ) : null}
        {marked && missing.length > 0 ? (
          <p role="alert" className="text-sm text-bad">
            {w.ask.missing}
          </p>
        ) : null}
      </Questions>
      {one.preview.contact ? <GoesTo one={one} /> : null}
      <Seen preview={one.preview} />
      {refused ? (
        <Notice tone="bad" title={refused.sentence} alert icon={<CircleAlert size={20} aria-hidden />}>
          <p>{refused.fix}</p>
        </Notice>
      ) : null}
      {nothing ? (
        <Notice title={w.act.nothing}>
          <p>{w.act.nothingNext}</p>
        </Notice>
      ) : null}
      <footer className="flex flex-wrap items-center gap-3 border-t border-line pt-4">
        {open || changed || nothing ? null : (
          <Button look="primary" className="min-h-11 px-6" isDisabled={busy} onPress={() => confirm.mutate()}>
            {w.act.confirm(one.preview.messages - (one.preview.known ?? 0))}
          </Button>
        )}
        <Button look="quiet" className="min-h-11" isDisabled={busy} onPress={() => discard.mutate()}>
          {w.act.discard}
        </Button>
        {one.expires_at ? <p className="text-sm text-soft">{w.act.until(format.full(one.expires_at))}</p> : null}
      </footer>
    </div>
  )
}
