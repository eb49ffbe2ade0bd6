import { codes } from '../api/generated/codes'
import type { Lang } from './plural'

type Said = { sentence: string; fix: string }

/** Codes of our own, for what happens before a server answers. */
const own: Record<string, Record<Lang, Said>> = {
  unreachable: {
    en: { sentence: 'The server cannot be reached.', fix: 'Check your connection; trying again is safe.' },
    ar: { sentence: 'تعذّر الوصول إلى الخادم.', fix: 'تحقّق من اتصالك؛ إعادة المحاولة آمنة.' },
  },
}

const said = new Map<string, Record<Lang, Said>>([...Object.entries(own), ...Object.entries(codes)])

/** codeWords gives the sentence and the next step for a code of the API, where there is one. */
export function codeWords(code: string, lang: Lang): Said | undefined {
  return said.get(code)?.[lang]
}
