import { Label, Radio, RadioGroup } from 'react-aria-components'
import { cx } from './class'

export type Option = { value: string; label: string; note?: string; detail?: string; off?: boolean }

type Props = {
  label: string
  /** The label is said by a heading beside it. */
  hidden?: boolean
  value: string
  onChange: (value: string) => void
  options: Option[]
  /** row: short answers side by side; cards: answers that need explaining. */
  look: 'row' | 'cards'
}

/** Choice is one of a few answers, all of them in sight. */
export function Choice({ label, hidden, value, onChange, options, look }: Props) {
  const cards = look === 'cards'
  return (
    <RadioGroup value={value || null} onChange={onChange} className="flex flex-col gap-2">
      <Label className={hidden ? 'sr-only' : 'text-sm font-strong'}>{label}</Label>
      <div className={cards ? 'flex flex-col gap-3' : 'flex flex-wrap gap-2'}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            isDisabled={option.off}
            className={({ isSelected, isFocusVisible }) =>
              cx(
                'flex cursor-pointer gap-3 rounded-xl border transition-colors',
                cards ? 'items-start p-4' : 'min-h-9 items-center px-3 py-1 pointer-coarse:min-h-11',
                isSelected ? 'border-accent bg-accent-wash' : 'border-line-strong/50 hover:bg-hover',
                isFocusVisible && 'outline-2 outline-offset-2 outline-accent',
                option.off && 'cursor-not-allowed opacity-60',
              )
            }
          >
            {({ isSelected }) => (
              <>
                <span
                  aria-hidden
                  className={cx(
                    'flex size-4 shrink-0 items-center justify-center rounded-full border',
                    cards && 'mt-0.5',
                    isSelected ? 'border-accent' : 'border-line-strong',
                  )}
                >
                  {isSelected ? <span className="size-2 rounded-full bg-accent" /> : null}
                </span>
                <span className="min-w-0">
                  <span className={cx('block', cards && 'font-strong')}>
                    <bdi>{option.label}</bdi>
                  </span>
                  {option.note ? <span className="mt-1 block text-sm text-soft">{option.note}</span> : null}
                  {option.detail ? (
                    <bdi dir="ltr" className="tabular mt-1 block text-sm text-soft rtl:text-right">
                      {option.detail}
                    </bdi>
                  ) : null}
                </span>
              </>
            )}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
