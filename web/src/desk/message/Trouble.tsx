import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { putMessage, type Pages } from '../../api/cache'
import { calls } from '../../api/calls'
import { newKey, Problem } from '../../api/client'
import { keys } from '../../api/keys'
import type { Message } from '../../api/types'
import { Button } from '../../ui/Button'
import { Ltr } from '../../ui/Ltr'
import { failureWords } from '../../words/failures'
import { explain, useWords } from '../../words/words'

/** Trouble stands below a message that did not simply arrive, with what is known and the next step. */
export function Trouble({ message }: { message: Message }) {
  const { words } = useWords()
  switch (message.status) {
    case 'failed':
    case 'expired':
      return <Failure message={message} />
    case 'in_doubt':
    case 'needs_person':
      return <Doubt message={message} />
    case 'held':
      return <p className="mt-1 text-xs text-warn">{words.status.held}</p>
    default:
      return null
  }
}

function Failure({ message }: { message: Message }) {
  const { words, lang } = useWords()
  const failure = message.failure
  const said = failure ? failureWords(failure, lang) : null
  return (
    <div className="mt-1 max-w-full rounded-lg bg-bad-wash px-3 py-2 text-sm text-bad" data-testid="failure">
      <p className="font-strong">{words.status[message.status]}</p>
      {said ? (
        <p dir="auto">
          {said.sentence} {failure?.code ? <Ltr className="tabular text-xs">{`(${failure.code})`}</Ltr> : null}
        </p>
      ) : null}
      {said?.cause ? <p dir="auto">{said.cause}</p> : null}
      {said?.fix ? (
        <p dir="auto" className="font-strong">
          {said.fix}
        </p>
      ) : null}
    </div>
  )
}

function Doubt({ message }: { message: Message }) {
  const { words, lang } = useWords()
  const cache = useQueryClient()
  // One key for each verdict: pressing twice decides once.
  const [key] = useState(newKey)
  const decide = useMutation({
    mutationFn: (verdict: 'treat_as_sent' | 'send_again') => calls.resolve(message.id, verdict, `${key}-${verdict}`),
    onSuccess: (next) =>
      cache.setQueryData<Pages<Message>>(keys.messages(next.conversation_id), (pages) => (pages ? putMessage(pages, next) : pages)),
  })
  return (
    <div className="mt-1 flex flex-col gap-2 rounded-lg bg-warn-wash px-3 py-2 text-sm text-ink">
      <p>
        <span className="font-strong text-warn">{words.status[message.status]}. </span>
        {words.doubt.explain}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button isDisabled={decide.isPending} onPress={() => decide.mutate('treat_as_sent')}>
          {words.doubt.treat}
        </Button>
        <Button isDisabled={decide.isPending} onPress={() => decide.mutate('send_again')}>
          {words.doubt.again}
          <span className="font-normal text-soft">({words.doubt.mayDouble})</span>
        </Button>
      </div>
      {decide.error instanceof Problem ? <p className="text-bad">{explain(lang, decide.error).sentence}</p> : null}
    </div>
  )
}
