import { UserRound } from 'lucide-react'
import type { ReactNode } from 'react'

/** initials takes the first letter of the first and last word; where Arabic letters are among them one alone, as two would join or look like a word. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word))
  const first = [...(words[0] ?? '')][0] ?? ''
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  if (/\p{Script=Arabic}/u.test(first + last)) return first.toUpperCase()
  return (first + last).toUpperCase()
}

/** Avatar has room for a ring around it. It says nothing that is not written beside it. */
export function Avatar({ name, ring, size = 40 }: { name: string; ring?: ReactNode; size?: number }) {
  const text = initials(name)
  return (
    <span className="relative inline-flex shrink-0 items-center justify-center" style={{ width: size, height: size }} aria-hidden>
      <span className="absolute inset-0">{ring}</span>
      <span
        className="flex items-center justify-center rounded-full bg-ground text-xs font-strong text-soft"
        style={{ width: size - 8, height: size - 8 }}
      >
        {text || <UserRound size={size * 0.4} />}
      </span>
    </span>
  )
}
