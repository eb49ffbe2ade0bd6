import { Languages } from 'lucide-react'
import { Button } from '../ui/Button'
import { useWords } from '../words/words'

/** LanguageSwitch offers the other language in its own words. */
export function LanguageSwitch() {
  const { lang, setLang } = useWords()
  const other = lang === 'ar' ? 'en' : 'ar'
  return (
    <Button look="quiet" onPress={() => setLang(other)}>
      <Languages size={16} aria-hidden />
      <span lang={other}>{other === 'ar' ? 'العربية' : 'English'}</span>
    </Button>
  )
}
