import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaProps } from 'react-aria-components'
import { cx } from './class'
import { Tip } from './Tip'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-line-strong/50 bg-raised text-ink hover:bg-hover',
  quiet: 'text-accent hover:bg-hover',
  danger: 'border border-bad/50 bg-raised text-bad hover:bg-bad-wash',
}

const shape =
  'inline-flex min-h-8 items-center justify-center gap-2 rounded-lg px-3 py-1 text-sm font-strong transition-colors disabled:cursor-not-allowed disabled:opacity-60'

/** buttonLook makes a link look like a button. */
export const buttonLook = (look: Look, className?: string) => cx(shape, looks[look], className)

type Props = Omit<AriaProps, 'className' | 'children'> & { look?: Look; children: ReactNode; className?: string }

export function Button({ look = 'plain', className, ...props }: Props) {
  return (
    <AriaButton
      {...props}
      className={buttonLook(look, className)}
    />
  )
}

type IconProps = Omit<AriaProps, 'className' | 'children' | 'aria-label'> & {
  label: string
  children: ReactNode
  className?: string
  small?: boolean
}

/** IconButton says its label to the screen reader, and on hover to everybody. */
export function IconButton({ label, className, small, ...props }: IconProps) {
  return (
    <Tip text={label}>
      <AriaButton
        {...props}
        aria-label={label}
        className={cx(
          'inline-flex shrink-0 items-center justify-center rounded-lg text-soft transition-colors hover:bg-hover hover:text-ink disabled:opacity-50',
          small ? 'size-7' : 'size-9 pointer-coarse:size-11',
          className,
        )}
      />
    </Tip>
  )
}
