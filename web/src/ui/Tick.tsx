import { Check } from 'lucide-react'
import { Checkbox } from 'react-aria-components'
import { cx } from './class'

/** Tick is a statement to be confirmed, with what it means below it. */
export function Tick({ title, note, ticked, onChange }: { title: string; note: string; ticked: boolean; onChange: (ticked: boolean) => void }) {
  return (
    <Checkbox
      isSelected={ticked}
      onChange={onChange}
      className={({ isFocusVisible }) =>
        cx(
          'flex cursor-pointer items-start gap-3 rounded-xl border p-4 transition-colors',
          ticked ? 'border-accent bg-accent-wash' : 'border-line-strong/50 hover:bg-hover',
          isFocusVisible && 'outline-2 outline-offset-2 outline-accent',
        )
      }
    >
      <span
        aria-hidden
        className={cx(
          'mt-0.5 flex size-5 shrink-0 items-center justify-center rounded border',
          ticked ? 'border-accent bg-accent text-on-accent' : 'border-line-strong',
        )}
      >
        {ticked ? <Check size={14} strokeWidth={3} /> : null}
      </span>
      <span className="min-w-0">
        <span className="block font-strong">{title}</span>
        <span className="mt-1 block text-sm text-soft">{note}</span>
      </span>
    </Checkbox>
  )
}
