import type { ImportPreview } from '../api/imports'
import { Badge } from '../ui/Badge'
import { Ltr } from '../ui/Ltr'
import { Notice } from '../ui/Notice'
import { Tile } from '../ui/Tile'
import { useWords } from '../words/words'

/** Kinds that become messages; the others are left out and counted. */
const imported = ['text', 'image', 'video', 'audio', 'document', 'sticker', 'contacts', 'location', 'poll', 'media']
const leftOut = ['system', 'call', 'deleted', 'view_once', 'empty']

/** Seen is what was understood of a file, counted. */
export function Seen({ preview }: { preview: ImportPreview }) {
  const { words, format } = useWords()
  const w = words.imports.look
  const unsure = preview.known === null
  return (
    <section aria-label={w.title} className="flex flex-col gap-6" data-testid="seen">
      <ul className="grid gap-3 two:grid-cols-3">
        <Tile name={w.willAdd}>{unsure ? '–' : format.number(preview.messages - (preview.known ?? 0))}</Tile>
        <Tile name={w.known} note={unsure ? w.unknownYet : undefined}>
          {unsure ? '–' : format.number(preview.known ?? 0)}
        </Tile>
        <Tile name={w.span}>
          <span className="text-base">
            {preview.first ? format.date(preview.first) : '–'} – {preview.last ? format.date(preview.last) : '–'}
          </span>
        </Tile>
      </ul>
      <People preview={preview} />
      <Counts title={w.kinds} kinds={imported} counts={preview.counts} />
      {preview.files_named > 0 ? (
        <p>
          <span className="font-strong">{w.files}: </span>
          {w.filesOf(preview.files_found, preview.files_named)}
          {preview.files_found < preview.files_named ? <span className="block text-soft">{w.filesMissing}</span> : null}
        </p>
      ) : preview.counts.media ? (
        <p className="text-soft">{w.filesNone}</p>
      ) : null}
      <Counts title={w.left} kinds={leftOut} counts={preview.counts} />
      {preview.not_understood > 0 ? (
        <Notice tone="warn" title={w.notUnderstood(preview.not_understood)}>
          <p>{w.notUnderstoodNext}</p>
          <p className="text-sm">
            {preview.lines.map((line) => `${w.line} ${format.number(line)}`).join(' · ')}
            {preview.not_understood > preview.lines.length ? ` ${w.more(preview.not_understood - preview.lines.length)}` : ''}
          </p>
        </Notice>
      ) : null}
      {preview.others > 0 && preview.me && preview.them ? (
        <Notice tone="warn" title={w.others(preview.others)}>
          <p>{w.othersNext}</p>
        </Notice>
      ) : null}
    </section>
  )
}

function People({ preview }: { preview: ImportPreview }) {
  const { words } = useWords()
  const w = words.imports.look
  const side = (name: string) => {
    if (name === preview.me) return <Badge tone="good">{w.me}</Badge>
    if (name === preview.them) return <Badge tone="good">{w.them}</Badge>
    return preview.me && preview.them ? <Badge tone="plain">{w.neither}</Badge> : null
  }
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-strong">{w.people}</h3>
      <ul className="flex flex-col gap-1">
        {preview.people.slice(0, 12).map((person) => (
          <li key={person.name} className="flex flex-wrap items-baseline gap-x-3">
            <bdi className="min-w-0 break-words">{person.name}</bdi>
            <span className="text-sm text-soft">{w.messages(person.messages)}</span>
            {side(person.name)}
          </li>
        ))}
        {preview.people.length > 12 ? <li className="text-sm text-soft">… {preview.people.length}</li> : null}
      </ul>
      <p className="text-sm text-soft">
        {w.dates}: {preview.order ? words.imports.ask.orders[preview.order] : '–'} · {w.zone}: <Ltr>{preview.zone}</Ltr>
      </p>
    </div>
  )
}

function Counts({ title, kinds, counts }: { title: string; kinds: string[]; counts: Record<string, number> }) {
  const { words, format } = useWords()
  const there = kinds.filter((kind) => counts[kind])
  if (there.length === 0) return null
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-strong">{title}</h3>
      <ul className="flex flex-wrap gap-2">
        {there.map((kind) => (
          <li key={kind} className="rounded-full border border-line px-3 py-1 text-sm">
            {words.imports.kinds[kind] ?? kind}: <span className="tabular font-strong">{format.number(counts[kind] ?? 0)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
