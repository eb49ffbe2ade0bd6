import type { Content, Message } from '../api/types'

/** What a message is, for showing: the Cloud API's shapes, read without trusting them. */
export type Shown =
  | { is: 'text'; text: string }
  | { is: 'media'; media: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker'; name: string; caption: string }
  | { is: 'location'; name: string; address: string; latitude: number | null; longitude: number | null }
  | { is: 'contacts'; cards: { name: string; phones: string[] }[] }
  | { is: 'choice'; how: 'button' | 'list'; title: string; description: string }
  | { is: 'order'; items: number; text: string }
  | { is: 'interactive'; header: string; text: string; footer: string; offers: Offer[] }
  | { is: 'template' | 'system' | 'media_placeholder'; text: string }
  | { is: 'unsupported' }
  | { is: 'unknown'; type: string; text: string }

/** Offer is what the customer can press: an answer, a link, a list of choices, or something the phone opens. */
export type Offer = { how: 'reply' | 'link' | 'list' | 'open'; title: string; rows?: { title: string; description: string }[] }

const media = ['image', 'video', 'audio', 'document', 'sticker'] as const
type Media = (typeof media)[number]

function record(value: unknown): Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Content) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function list(value: unknown): Content[] {
  return Array.isArray(value) ? value.map(record) : []
}

function coordinate(value: unknown): number | null {
  const n = typeof value === 'string' ? Number(value) : value
  return typeof n === 'number' && Number.isFinite(n) ? n : null
}

/** shownAs reads a message's content. Types nobody knows become a named placeholder, never nothing. */
export function shownAs(message: Pick<Message, 'type' | 'content' | 'text'>): Shown {
  const { type } = message
  const content = record(message.content)
  // The content may be the whole message object or only the part under its type's name.
  const part = record(content[type] ?? content)
  if (type === 'text') return { is: 'text', text: message.text || text(part.body) }
  if (isMedia(type)) return shownMedia(type, part, message.text)
  switch (type) {
    case 'location':
      return {
        is: 'location',
        name: text(part.name),
        address: text(part.address),
        latitude: coordinate(part.latitude),
        longitude: coordinate(part.longitude),
      }
    case 'contacts':
      return { is: 'contacts', cards: shownCards(content.contacts ?? message.content) }
    case 'button':
      return { is: 'choice', how: 'button', title: text(part.text) || message.text, description: '' }
    case 'interactive':
      return shownInteractive(part, message.text)
    case 'order':
      return { is: 'order', items: list(part.product_items).length, text: text(part.text) }
    case 'template':
    case 'media_placeholder':
      return { is: type, text: message.text }
    case 'system':
      return { is: 'system', text: text(part.body) || message.text }
    case 'unsupported':
    case 'errors':
      return { is: 'unsupported' }
    default:
      return { is: 'unknown', type, text: message.text }
  }
}

function isMedia(type: string): type is Media {
  return (media as readonly string[]).includes(type)
}

function shownMedia(type: Media, part: Content, plain: string): Shown {
  const caption = text(part.caption)
  const voice = type === 'audio' && part.voice === true
  return { is: 'media', media: voice ? 'voice' : type, name: text(part.filename), caption: caption || captionFrom(plain, part) }
}

/** The plain text of a medium may only repeat the file's name. */
function captionFrom(plain: string, part: Content): string {
  return plain === text(part.filename) ? '' : plain
}

function shownCards(value: unknown): { name: string; phones: string[] }[] {
  return list(value).map((card) => {
    const name = record(card.name)
    return {
      name: text(name.formatted_name) || text(name.first_name),
      phones: list(card.phones)
        .map((phone) => text(phone.phone) || text(phone.wa_id))
        .filter(Boolean),
    }
  })
}

function shownInteractive(part: Content, plain: string): Shown {
  const button = record(part.button_reply)
  if (text(button.title)) return { is: 'choice', how: 'button', title: text(button.title), description: '' }
  const row = record(part.list_reply)
  if (text(row.title)) return { is: 'choice', how: 'list', title: text(row.title), description: text(row.description) }
  const header = record(part.header)
  return {
    is: 'interactive',
    header: text(header.text),
    text: text(record(part.body).text) || plain,
    footer: text(record(part.footer).text),
    offers: offersOf(record(part.action)),
  }
}

function offersOf(action: Content): Offer[] {
  const parameters = record(action.parameters)
  const offers: Offer[] = list(action.buttons).map((button) => ({
    how: 'reply',
    title: text(record(button.reply).title) || text(record(button.quick_reply).title),
  }))
  if (text(action.button)) {
    const rows = list(action.sections).flatMap((section) => list(section.rows))
    offers.push({ how: 'list', title: text(action.button), rows: rows.map((row) => ({ title: text(row.title), description: text(row.description) })) })
  }
  if (text(parameters.display_text)) offers.push({ how: 'link', title: text(parameters.display_text) })
  if (text(parameters.flow_cta)) offers.push({ how: 'open', title: text(parameters.flow_cta) })
  for (const card of list(action.cards)) {
    const inside = offersOf(record(card.action))
    const said = text(record(card.body).text)
    offers.push(...(said ? [{ how: 'open' as const, title: said }] : []), ...inside)
  }
  return offers.filter((offer) => offer.title)
}
