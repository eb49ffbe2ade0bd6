import type { MessageSummary } from '../api/types'
import type { Words } from '../words/en'
import { shownAs } from './content'

/** summaryText is a message in one line: its words, or the name of what it is. */
export function summaryText(message: Pick<MessageSummary, 'type' | 'text'>, words: Words): string {
  if (message.text && message.type !== 'unsupported') return message.text.replace(/\s+/g, ' ')
  return kindWord(message.type, words)
}

/** kindWord names a kind of message. */
export function kindWord(type: string, words: Words): string {
  const shown = shownAs({ type, content: null, text: '' })
  switch (shown.is) {
    case 'text':
      return words.kind.empty
    case 'media':
      return words.kind[shown.media]
    case 'choice':
      return words.kind[shown.how]
    case 'unknown':
      return words.kind.unknown(shown.type)
    default:
      return words.kind[shown.is]
  }
}
