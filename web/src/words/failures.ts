import { metaErrors, type Telling } from '../api/generated/metaErrors'
import type { Lang } from './plural'

/** failureWords says a failure in the person's language; a code that nobody knows keeps Meta's own title. */
export function failureWords(failure: { code: number; title: string }, lang: Lang): Telling {
  const known = metaErrors.find((e) => e.code <= failure.code && failure.code <= e.to)
  return known?.[lang] ?? { sentence: failure.title, cause: '', fix: '' }
}
