import {
  Contact,
  FileText,
  ImageOff,
  Info,
  List,
  MapPin,
  MousePointerClick,
  PackageOpen,
  ShoppingBag,
  Smartphone,
} from 'lucide-react'
import type { Message } from '../../api/types'
import { Ltr } from '../../ui/Ltr'
import { useWords } from '../../words/words'
import { shownAs, type Shown } from '../content'
import { prettyPhone } from '../naming'
import { File } from './File'
import { Interactive } from './Interactive'
import { Piece } from './Piece'
import { WrittenText } from './WrittenText'

/** Body shows what a message is; whatever we cannot show has a name and a place. */
export function Body({ message }: { message: Pick<Message, 'id' | 'type' | 'content' | 'text' | 'file'> }) {
  const { words } = useWords()
  const shown = shownAs(message)
  switch (shown.is) {
    case 'text':
      return <WrittenText text={shown.text} />
    case 'media':
      return <File medium={shown} file={message.file ?? null} of={message} />
    case 'location':
      return <Location place={shown} />
    case 'contacts':
      return <Cards cards={shown.cards} />
    case 'choice':
      return (
        <Piece icon={shown.how === 'list' ? List : MousePointerClick} title={words.kind[shown.how]} text={shown.title}>
          {shown.description ? <bdi dir="auto">{shown.description}</bdi> : null}
        </Piece>
      )
    case 'order':
      return (
        <Piece icon={ShoppingBag} title={words.kind.order} text={shown.text}>
          {words.kind.items(shown.items)}
        </Piece>
      )
    case 'system':
      return <Piece icon={Info} title={words.kind.system} text={shown.text} />
    case 'interactive':
      return <Interactive shown={shown} />
    case 'template':
      return shown.text ? <WrittenText text={shown.text} /> : <Piece icon={FileText} title={words.kind[shown.is]} />
    case 'media_placeholder':
      return <Piece icon={ImageOff} title={words.kind.media_placeholder} text={shown.text} />
    case 'unsupported':
      return (
        <Piece icon={Smartphone} title={words.kind.unsupported}>
          {words.kind.unsupportedNote}
        </Piece>
      )
    case 'unknown':
      return (
        <Piece icon={PackageOpen} title={words.kind.unknown(shown.type)} text={shown.text}>
          {words.kind.unknownNote}
        </Piece>
      )
  }
}

function Location({ place }: { place: Extract<Shown, { is: 'location' }> }) {
  const { words } = useWords()
  const { latitude, longitude } = place
  const known = latitude !== null && longitude !== null
  return (
    <Piece icon={MapPin} title={place.name || words.kind.location}>
      {place.address ? <bdi dir="auto">{place.address}</bdi> : null}
      {known ? (
        <a
          href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="block text-accent underline underline-offset-2"
        >
          {words.kind.map} <Ltr className="tabular text-faint">{`${latitude.toFixed(4)}, ${longitude.toFixed(4)}`}</Ltr>
        </a>
      ) : null}
    </Piece>
  )
}

function Cards({ cards }: { cards: { name: string; phones: string[] }[] }) {
  const { words } = useWords()
  if (cards.length === 0) return <Piece icon={Contact} title={words.kind.contacts} />
  return (
    <div className="flex flex-col gap-3">
      {cards.map((card) => (
        <Piece key={`${card.name}-${card.phones.join()}`} icon={Contact} title={card.name || words.kind.contacts}>
          {card.phones.map((phone) => (
            <a key={phone} href={`tel:${phone.replace(/[^\d+]/g, '')}`} className="block text-accent underline underline-offset-2">
              <Ltr className="tabular">{prettyPhone(phone)}</Ltr>
            </a>
          ))}
        </Piece>
      ))}
    </div>
  )
}
