import type { ChatImport, ImportAnswers, ImportOrder, ImportPreview, ImportQuestion } from '../api/imports'

/** What a person sees filled in: everything the file or an earlier answer has settled. */
export type Filled = Required<Omit<ImportAnswers, 'order'>> & { order?: ImportOrder }

/** answersOf is what is settled of an import; a zone in question is the browser's own, as a proposal. */
export function answersOf({ preview }: Pick<ChatImport, 'preview'>): Filled {
  const zone = preview.questions.includes('zone') ? Intl.DateTimeFormat().resolvedOptions().timeZone : preview.zone
  return { contact: preview.contact, me: preview.me, them: preview.them, zone, ...(preview.order ? { order: preview.order } : {}) }
}

/** unanswered are the questions of a preview to which there is no usable answer yet. */
export function unanswered(answers: Filled, preview: ImportPreview): ImportQuestion[] {
  const open: ImportQuestion[] = []
  if (!answers.order && preview.readings.length > 1) open.push('order')
  if (!answers.zone) open.push('zone')
  if (preview.people.length > 1) {
    if (!answers.me || answers.me === answers.them) open.push('me')
    if (!answers.them) open.push('them')
  } else if (!answers.me && !answers.them) {
    open.push('me')
  }
  if (digitsOf(answers.contact).length < 7) open.push('contact')
  return open
}

/** digitsOf are the digits of a number, whichever digits it was typed with. */
export function digitsOf(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf)).replace(/\D/g, '')
}
