/** countryName says a territory in the person's language. */
export function countryName(code: string, lang: string): string {
  if (!code) return ''
  return new Intl.DisplayNames([lang], { type: 'region' }).of(code) ?? code
}
