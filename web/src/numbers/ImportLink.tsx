import { Link } from '@tanstack/react-router'
import { useConnection } from '../api/connection'
import { buttonLook } from '../ui/Button'
import { useWords } from '../words/words'

/** ImportLink leads to where an exported chat is brought in; agents cannot do that. */
export function ImportLink({ number }: { number: string }) {
  const { words } = useWords()
  const { session } = useConnection()
  if (session.person.role === 'agent') return null
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <Link to="/numbers/$id/import" params={{ id: number }} className={buttonLook('plain', 'min-h-11')}>
        {words.imports.link}
      </Link>
      <span className="text-sm text-soft">{words.imports.linkWhy}</span>
    </p>
  )
}
