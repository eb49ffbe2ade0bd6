import { Link } from '@tanstack/react-router'
import { paths } from '../paths'
import { useWords } from '../words/words'

const look =
  'inline-flex min-h-8 items-center border-b-2 border-transparent px-1 text-soft hover:text-ink pointer-coarse:min-h-11 aria-[current=page]:border-accent aria-[current=page]:font-strong aria-[current=page]:text-ink'

/** Tabs are the two lists of an operator: what Meta has sent, and what phones still owe. */
export function Tabs() {
  const { words } = useWords()
  return (
    <nav aria-label={words.deliveries.views} className="mb-4 flex gap-5 border-b border-line">
      <Link to={paths.deliveries} activeOptions={{ exact: true }} className={look}>
        {words.deliveries.title}
      </Link>
      <Link to={paths.openSyncs} className={look}>
        {words.standing.opens.title}
      </Link>
    </nav>
  )
}
