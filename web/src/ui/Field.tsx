import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components'
import { cx } from './class'

type Props = Omit<TextFieldProps, 'children' | 'className'> & {
  label: string
  hint?: string
  error?: string
  /** Numbers, codes and addresses are written left to right in every language. */
  ltr?: boolean
  placeholder?: string
  className?: string
}

/** Field is one line to write in, with its label above and its hint or error below. */
export function Field({ label, hint, error, ltr, placeholder, className, ...props }: Props) {
  return (
    <TextField {...props} isInvalid={Boolean(error)} className={cx('flex flex-col gap-1.5', className)}>
      <Label className="text-sm font-strong">{label}</Label>
      <Input
        dir={ltr ? 'ltr' : undefined}
        placeholder={placeholder}
        className="h-11 w-full rounded-lg border border-line-strong bg-paper px-3 text-read text-ink invalid:border-bad focus-visible:outline-offset-0 rtl:text-right"
      />
      {hint && !error ? (
        <Text slot="description" className="text-sm text-soft">
          {hint}
        </Text>
      ) : null}
      <FieldError className="text-sm text-bad">{error}</FieldError>
    </TextField>
  )
}
