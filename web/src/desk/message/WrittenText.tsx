import { useMemo } from 'react'
import { cx } from '../../ui/class'
import { pieces, type Piece } from '../written'

/** WrittenText shows what somebody wrote, as text nodes only; it goes in the direction of its own first letter. */
export function WrittenText({ text, className }: { text: string; className?: string }) {
  const parts = useMemo(() => keyed(pieces(text)), [text])
  const large = /^(\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,12}$/u.test(text) && !/\d/.test(text)
  return (
    <div dir="auto" className={cx('written', large ? 'text-[2rem] leading-10' : 'text-read', className)}>
      {parts.map(({ key, piece }) => (
        <Part key={key} piece={piece} />
      ))}
    </div>
  )
}

function keyed(list: Piece[]): { key: string; piece: Piece }[] {
  return list.map((piece, i) => ({ key: `${i}-${piece.is}`, piece }))
}

function Part({ piece }: { piece: Piece }) {
  switch (piece.is) {
    case 'text':
      return piece.text
    case 'strong':
      return <strong className="font-strong">{piece.text}</strong>
    case 'emphasis':
      return <em className="not-italic underline decoration-dotted underline-offset-4">{piece.text}</em>
    case 'strike':
      return <s>{piece.text}</s>
    case 'code':
      return (
        <code dir="ltr" className="rounded bg-ground px-1 font-mono text-sm">
          {piece.text}
        </code>
      )
    case 'link':
      return (
        <a
          href={piece.href}
          dir="ltr"
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-accent underline decoration-accent/40 underline-offset-2 [unicode-bidi:isolate] hover:decoration-accent"
        >
          {piece.text}
        </a>
      )
  }
}
