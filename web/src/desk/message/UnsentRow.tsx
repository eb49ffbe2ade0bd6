import { Clock } from 'lucide-react'
import { useConnection } from '../../api/connection'
import type { Unsent } from '../../api/unsent'
import { Button } from '../../ui/Button'
import { explain, useWords } from '../../words/words'
import { OriginLabel, originWash } from '../origin'
import { WrittenText } from './WrittenText'

/** UnsentRow is a message of ours that the server has not yet taken; it turns into the real one when it has. */
export function UnsentRow({ unsent }: { unsent: Unsent }) {
  const { words, lang, format } = useWords()
  const { outgoing, session } = useConnection()
  const problem = unsent.problem ? explain(lang, unsent.problem) : null
  const author = { id: session.person.id, name: session.person.name }
  return (
    <div role="article" aria-label={words.status.sending} data-testid="unsent" className="px-3 pt-1 two:px-6">
      <div dir="ltr" className="flex flex-row-reverse">
        <div dir={words.dir} className={`flex max-w-[85%] min-w-0 flex-col two:max-w-[min(76%,36rem)] ${words.dir === 'rtl' ? 'items-start' : 'items-end'}`}>
          <div className={`max-w-full rounded-2xl border px-3 pt-2 pb-1.5 shadow-bubble ${originWash.agent}`}>
            {unsent.quote ? (
              <blockquote dir="auto" className="written mb-1.5 line-clamp-2 rounded-lg border-s-3 border-accent/60 bg-ink/5 px-2.5 py-1.5 text-sm text-soft">
                {unsent.quote.text}
              </blockquote>
            ) : null}
            <WrittenText text={unsent.text} />
            <div className="mt-1 flex items-center gap-2 text-2xs text-faint">
              <OriginLabel message={{ origin: 'agent', author }} words={words} />
              <span className="inline-flex grow items-center justify-end gap-1.5">
                <time className="tabular">{format.time(unsent.at)}</time>
                {unsent.state === 'waiting' ? <Clock size={14} aria-label={words.status.queued} /> : null}
              </span>
            </div>
          </div>
          {unsent.state === 'waiting' ? null : (
            <div className="mt-1 flex max-w-full flex-col gap-2 rounded-lg bg-bad-wash px-3 py-2 text-sm text-bad">
              <p>
                <span className="font-strong">{words.message.notSent}. </span>
                {unsent.state === 'stalled' ? words.message.stalled : `${problem?.sentence ?? ''} ${problem?.fix ?? ''}`}
              </p>
              <div className="flex flex-wrap gap-2">
                <Button onPress={() => outgoing.retry(unsent.conversation, unsent.key)}>{words.act.again}</Button>
                <Button onPress={() => outgoing.discard(unsent.conversation, unsent.key)}>{words.act.discard}</Button>
              </div>
            </div>
          )}
        </div>
      </div>
    </div>
  )
}
