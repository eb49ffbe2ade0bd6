const prefix = 'wasl.draft.'

/** draftOf is the text somebody began to write in a conversation, kept in this browser alone. */
export function draftOf(conversation: string): string {
  try {
    return localStorage.getItem(prefix + conversation) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(conversation: string, text: string): void {
  try {
    if (text.trim() === '') localStorage.removeItem(prefix + conversation)
    else localStorage.setItem(prefix + conversation, text)
  } catch {
    // Without storage a draft lives as long as its page.
  }
}
