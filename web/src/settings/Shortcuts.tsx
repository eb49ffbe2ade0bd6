import { Dialog } from '../ui/Dialog'
import { Ltr } from '../ui/Ltr'
import { useWords } from '../words/words'

export function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { words } = useWords()
  const s = words.shortcuts
  const rows: [string, string][] = [
    ['Alt + J', s.next],
    ['Alt + K', s.previous],
    ['Alt + L', s.reply],
    ['Alt + S', s.search],
    ['Enter', s.send],
    ['Shift + Enter', s.newline],
    ['↑ ↓', s.messages],
    ['Esc', s.escape],
  ]
  return (
    <Dialog title={s.title} closeLabel={words.act.close} open={open} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-3 p-5">
        {rows.map(([key, does]) => (
          <div key={key} className="contents">
            <dt>
              <Ltr className="tabular inline-block rounded-md border border-line bg-ground px-2 py-0.5 text-sm whitespace-nowrap">
                {key}
              </Ltr>
            </dt>
            <dd className="text-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
