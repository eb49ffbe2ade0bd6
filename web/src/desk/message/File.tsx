import { Download, FileClock, FileX, FileText, Image, Mic, Music, Sticker, Video, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Message, MessageFile } from '../../api/types'
import { useWords } from '../../words/words'
import type { Shown } from '../content'
import { Piece } from './Piece'
import { WrittenText } from './WrittenText'

type Medium = Extract<Shown, { is: 'media' }>

const icons: Record<Medium['media'], LucideIcon> = {
  image: Image,
  video: Video,
  audio: Music,
  voice: Mic,
  document: FileText,
  sticker: Sticker,
}

/** File shows what came with a message: itself where a browser can, else a line to save it by, or why it is not here. */
export function File({ medium, file, of }: { medium: Medium; file: MessageFile | null; of: Pick<Message, 'id'> }) {
  const { words } = useWords()
  const title = words.kind[medium.media]
  if (!file) {
    return (
      <Piece icon={icons[medium.media]} title={title} text={medium.caption}>
        {medium.name ? <bdi dir="auto">{medium.name}</bdi> : words.kind.onPhone}
      </Piece>
    )
  }
  if (file.state !== 'stored') {
    const waits = file.state === 'wanted'
    return (
      <Piece icon={waits ? FileClock : FileX} title={title} text={medium.caption}>
        {waits ? words.file.wanted : words.file.missing(file.state, file.reason)}
      </Piece>
    )
  }
  return (
    <figure className="flex flex-col gap-2" data-testid="file" data-message={of.id}>
      <Kept medium={medium} file={file} title={title} />
      {medium.caption ? (
        <figcaption>
          <WrittenText text={medium.caption} />
        </figcaption>
      ) : null}
    </figure>
  )
}

function Kept({ medium, file, title }: { medium: Medium; file: MessageFile; title: string }) {
  const { words } = useWords()
  // What a browser cannot show after all is still there to be saved.
  const [broken, setBroken] = useState(false)
  const alt = medium.caption || title
  if (!broken && (medium.media === 'image' || medium.media === 'sticker')) {
    return (
      <a href={file.url} download={medium.name || true} aria-label={words.file.save(title)} className="block w-fit">
        <img
          src={file.url}
          alt={alt}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
          className={medium.media === 'sticker' ? 'size-32 object-contain' : 'max-h-80 min-h-16 max-w-full rounded-lg bg-ink/6 object-contain'}
        />
      </a>
    )
  }
  if (!broken && medium.media === 'video') {
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send has no captions
    return <video src={file.url} controls preload="metadata" aria-label={alt} onError={() => setBroken(true)} className="max-h-80 w-80 max-w-full rounded-lg bg-ink/6" />
  }
  if (!broken && (medium.media === 'audio' || medium.media === 'voice')) {
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send has no captions
    return <audio src={file.url} controls preload="metadata" aria-label={alt} onError={() => setBroken(true)} className="w-64 max-w-full" />
  }
  return (
    <Piece icon={icons[medium.media]} title={title}>
      <a href={file.url} download={medium.name || true} className="inline-flex items-center gap-2 text-accent underline underline-offset-2">
        <Download size={14} aria-hidden />
        <bdi dir="auto">{medium.name || words.file.save(title)}</bdi>
      </a>{' '}
      <span className="tabular text-faint">{words.file.size(file.size)}</span>
    </Piece>
  )
}
