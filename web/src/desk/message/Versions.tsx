import type { Message } from '../../api/types'
import { Dialog } from '../../ui/Dialog'
import { useWords } from '../../words/words'
import { Body } from './Body'

/** Versions shows everything a message has ever said, oldest first, and when. Nothing is taken back from the record. */
export function Versions({ message, open, onClose }: { message: Message; open: boolean; onClose: () => void }) {
  const { words, format } = useWords()
  const versions = message.versions.toSorted((a, b) => a.n - b.n)
  const side = message.direction === 'in' ? 'customer' : 'business'
  return (
    <Dialog title={words.message.versions} closeLabel={words.act.close} open={open} onClose={onClose}>
      <ol className="flex flex-col gap-5 p-5">
        {versions.map((version, i) => (
          <li key={version.n} className="flex flex-col gap-1">
            <span className="flex flex-wrap items-baseline gap-x-2 text-xs text-faint">
              <span className="font-strong text-soft">{words.message.version(version.n)}</span>
              {i === 0 ? <span>{words.message.versionFirst}</span> : null}
              {i > 0 && i === versions.length - 1 && !message.revoked ? <span>{words.message.versionNow}</span> : null}
              <time dateTime={version.at} className="tabular ms-auto">
                {format.full(version.at)}
              </time>
            </span>
            <div className="rounded-xl border border-line bg-thread px-3 py-2">
              <Body message={{ id: message.id, type: message.type, content: version.content, text: version.text, file: message.file }} />
            </div>
          </li>
        ))}
        {message.revoked ? (
          <li className="flex items-baseline gap-2 text-sm text-soft">
            {words.message.revokedBy[side]}
            {message.revoked_at ? <time className="tabular ms-auto text-xs text-faint">{format.full(message.revoked_at)}</time> : null}
          </li>
        ) : null}
      </ol>
    </Dialog>
  )
}
