import { History } from 'lucide-react'
import { useNow } from '../../api/clock'
import { useWords } from '../../words/words'

export function DayLine({ at }: { at: string }) {
  const { format } = useWords()
  const now = useNow(60_000)
  return (
    <div className="flex justify-center pt-5 pb-2">
      <span className="rounded-full bg-ground px-3 py-0.5 text-xs font-strong text-soft">{format.day(at, now)}</span>
    </div>
  )
}

export function ImportedLine() {
  const { words } = useWords()
  return (
    <div className="mx-4 mt-4 flex flex-col items-center gap-0.5 rounded-lg border border-dashed border-line-strong/60 px-4 py-2 text-center">
      <span className="inline-flex items-center gap-2 text-sm font-strong text-soft">
        <History size={15} aria-hidden />
        {words.thread.imported}
      </span>
      <span className="text-xs text-faint">{words.thread.importedNote}</span>
    </div>
  )
}

export function LiveLine() {
  const { words } = useWords()
  return (
    <div className="mx-4 mt-5 flex items-center gap-3 text-xs font-strong text-soft">
      <span className="grow border-t border-dashed border-line-strong/60" />
      {words.thread.importedEnd}
      <span className="grow border-t border-dashed border-line-strong/60" />
    </div>
  )
}
