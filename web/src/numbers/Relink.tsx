import { useConnection } from '../api/connection'
import type { WaNumber } from '../api/types'
import { paths } from '../paths'
import { buttonLook } from '../ui/Button'
import { useWords } from '../words/words'

/** Relink is what the owner does when the connection is gone; while all is well it stays folded. */
export function Relink({ number }: { number: WaNumber }) {
  const { words } = useWords()
  const { session } = useConnection()
  const w = words.standing
  const cut = number.stage === 'disconnected' || number.stopped !== ''
  return (
    <details open={cut || undefined} className="rounded-2xl border border-line p-5">
      <summary className="cursor-pointer text-lg font-strong">{w.relink}</summary>
      <ol className="mt-3 flex list-decimal flex-col gap-2 ps-5 marker:text-soft">
        {w.relinkSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className="mt-3 text-sm text-soft">{w.relinkKept}</p>
      <div className="mt-4">
        {session.person.role === 'agent' ? (
          <p className="text-sm text-soft">{w.onlyManagers}</p>
        ) : (
          <a href={paths.connect} className={buttonLook(cut ? 'primary' : 'plain', 'min-h-11')}>
            {w.connectAgain}
          </a>
        )}
      </div>
    </details>
  )
}
