import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { ar } from './ar'
import { codeWords } from './codes'
import { en, type Words } from './en'
import { formatFor, type Format } from './format'
import type { Lang } from './plural'

type Explained = { code: string; title: string; detail: string; fix: string }

type Speech = { lang: Lang; words: Words; format: Format; setLang: (lang: Lang) => void }

const Context = createContext<Speech | null>(null)

/** Speech of the language last chosen; public/first-paint.js has set it on the page before anything was drawn. */
export function WordsProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(() => (document.documentElement.lang === 'ar' ? 'ar' : 'en'))

  useEffect(() => {
    document.documentElement.lang = lang
    document.documentElement.dir = lang === 'ar' ? 'rtl' : 'ltr'
  }, [lang])

  const speech = useMemo(() => {
    const words = lang === 'ar' ? ar : en
    const choose = (next: Lang) => {
      try {
        localStorage.setItem('wasl.lang', next)
      } catch {
        // Without storage the choice lasts until the page is closed.
      }
      setLang(next)
    }
    return { lang, words, format: formatFor(lang, words), setLang: choose }
  }, [lang])

  return (
    <Context.Provider value={speech}>
      <I18nProvider locale={lang === 'ar' ? 'ar-AE' : 'en-US'}>{children}</I18nProvider>
    </Context.Provider>
  )
}

export function useWords(): Speech {
  const speech = useContext(Context)
  if (!speech) throw new Error('useWords outside WordsProvider')
  return speech
}

/** explain says what a refusal means and what to do, in the person's language where we have the words. */
export function explain(lang: Lang, problem: Explained): { sentence: string; fix: string } {
  return codeWords(problem.code, lang) ?? { sentence: problem.detail || problem.title, fix: problem.fix }
}
