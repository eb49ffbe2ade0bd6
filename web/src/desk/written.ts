/** A piece of written text: WhatsApp's own marks for emphasis, and addresses that may be followed. */
export type Piece =
  | { is: 'text'; text: string }
  | { is: 'strong' | 'emphasis' | 'strike' | 'code'; text: string }
  | { is: 'link'; text: string; href: string }

// A mark counts only around something, at the edges of words: 2*3*4 and snake_case_names stay as they are.
const marks =
  /(?<code>```[\s\S]+?```|`[^`\n]+`)|(?<![\p{L}\p{N}])(?:(?<strong>\*(?!\s)[^*\n]+(?<!\s)\*)|(?<emphasis>_(?!\s)[^_\n]+(?<!\s)_)|(?<strike>~(?!\s)[^~\n]+(?<!\s)~))(?![\p{L}\p{N}])|(?<url>https?:\/\/[^\s<>"'\u0600-\u06ff]+)|(?<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?<phone>\+\d[\d\s-]{7,16}\d)/gu

/** pieces cuts a text for display. Joined again, the visible texts differ only by the marks. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(marks)) {
    const piece = pieceOf(match)
    if (!piece) continue
    if (match.index > from) found.push({ is: 'text', text: text.slice(from, match.index) })
    found.push(piece.piece)
    from = match.index + piece.length
  }
  if (from < text.length) found.push({ is: 'text', text: text.slice(from) })
  return found
}

function pieceOf(match: RegExpMatchArray): { piece: Piece; length: number } | null {
  const { code, strong, emphasis, strike, url, mail, phone } = match.groups ?? {}
  const whole = match[0].length
  if (code) return { piece: { is: 'code', text: code.replace(/^`{1,3}|`{1,3}$/g, '') }, length: whole }
  if (strong) return { piece: { is: 'strong', text: strong.slice(1, -1) }, length: whole }
  if (emphasis) return { piece: { is: 'emphasis', text: emphasis.slice(1, -1) }, length: whole }
  if (strike) return { piece: { is: 'strike', text: strike.slice(1, -1) }, length: whole }
  if (url) {
    // A full stop or a bracket at the end belongs to the sentence, not to the address.
    const bare = url.replace(/[.,;:!?)\]}]+$/u, '')
    return { piece: { is: 'link', text: bare, href: bare }, length: bare.length }
  }
  if (mail) return { piece: { is: 'link', text: mail, href: `mailto:${mail}` }, length: whole }
  if (phone) return { piece: { is: 'link', text: phone, href: `tel:${phone.replace(/[^\d+]/g, '')}` }, length: whole }
  return null
}
