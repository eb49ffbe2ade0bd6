import type { Conversation } from '../api/types'
import type { Words } from '../words/en'

/** nameOf is what a contact is called: the name, else the number, else the username. */
export function nameOf(contact: Conversation['contact'], words: Words): string {
  return contact.name || prettyPhone(contact.phone) || (contact.username && `@${contact.username}`) || words.list.unnamed
}

/** prettyPhone groups the digits of a number to be read; it never changes them. "+966501234567" → "+966 50 123 4567" */
export function prettyPhone(phone: string): string {
  const digits = phone.replace(/[^\d+]/g, '')
  if (!/^\+\d{8,15}$/.test(digits)) return phone
  const code = callingCode(digits.slice(1))
  const rest = digits.slice(1 + code.length)
  const groups: string[] = []
  let left = rest
  while (left.length > 4) {
    groups.push(left.slice(0, left.length > 8 ? 2 : 3))
    left = left.slice(left.length > 8 ? 2 : 3)
  }
  return [`+${code}`, ...groups, left].join(' ')
}

/** callingCode splits by the length of the international prefix: one digit for zones 1 and 7, two for the listed, else three. */
function callingCode(digits: string): string {
  if (/^[17]/.test(digits)) return digits.slice(0, 1)
  const two = /^(20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/
  return digits.slice(0, two.test(digits) ? 2 : 3)
}
