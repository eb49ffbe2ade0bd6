export type Lang = 'en' | 'ar'

/** The forms a language needs; Arabic uses all six, and `other` stands in for a missing one. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

const rules = { en: new Intl.PluralRules('en'), ar: new Intl.PluralRules('ar') }
const digits = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** plural chooses the form for n and puts the number, in Latin digits, where the form says #. */
export function plural(lang: Lang, n: number, forms: Forms): string {
  return (forms[rules[lang].select(n)] ?? forms.other).replaceAll('#', digits.format(n))
}

/** isolate keeps a foreign piece of text (a name, a phone number) from disturbing the order of the sentence around it. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`
}
