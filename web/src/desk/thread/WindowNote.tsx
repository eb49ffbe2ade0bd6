import { useNow } from '../../api/clock'
import type { WindowState } from '../../api/types'
import { useWide } from '../../ui/width'
import { Ring } from '../../ui/Ring'
import { useWords } from '../../words/words'
import { windowView } from '../window'

/** WindowNote is the window as ring and words. Only the customer's messages move it. */
export function WindowNote({ window: state }: { window: WindowState }) {
  const { words, format } = useWords()
  const now = useNow(10_000)
  const view = windowView(state, now)
  const wide = useWide(700)
  const said = () => {
    if (!view.open) return state.closes_at ? words.window.closedSince(format.brief(state.closes_at, now)) : words.window.never
    if (!state.closes_at) return words.window.open
    return (wide ? words.window.closesIn : words.window.closesInShort)(format.duration(view.left))
  }
  return (
    <span className="inline-flex min-w-0 items-center gap-2 text-sm text-soft" title={words.window.why} data-testid="window">
      <Ring left={view.fraction} tone={view.tone} size={18} width={3} />
      <span className="tabular line">
        {said()}
        {view.open && state.closes_at ? (
          <span className="text-faint max-two:hidden"> · {format.upcoming(state.closes_at, now)}</span>
        ) : null}
      </span>
    </span>
  )
}
