import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaItem,
  MenuSection as AriaSection,
  Popover,
  Separator,
  type MenuItemProps,
  type MenuProps,
  type MenuSectionProps,
  type PopoverProps,
} from 'react-aria-components'
import { cx } from './class'

export function Menu<T extends object>({ placement, ...props }: MenuProps<T> & { placement?: PopoverProps['placement'] }) {
  return (
    <Popover
      placement={placement}
      offset={6}
      className="min-w-52 animate-rise rounded-xl border border-line bg-raised shadow-raised"
    >
      <AriaMenu {...props} className="scroller max-h-[70dvh] overflow-y-auto p-1 outline-none" />
    </Popover>
  )
}

const row =
  'flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-3 py-1 text-base text-ink outline-none pointer-coarse:min-h-11 focus:bg-hover hover:bg-hover'

export function MenuItem({ icon, children, ...props }: Omit<MenuItemProps, 'children'> & { icon?: ReactNode; children: ReactNode }) {
  return (
    <AriaItem {...props} className={cx(row)}>
      {({ isSelected, selectionMode }) => (
        <>
          {icon ? <span className="text-soft">{icon}</span> : null}
          <span className="grow">{children}</span>
          {selectionMode !== 'none' && isSelected ? <Check size={16} className="text-accent" aria-hidden /> : null}
        </>
      )}
    </AriaItem>
  )
}

export function MenuSection<T extends object>({ title, children, ...props }: MenuSectionProps<T> & { title: string; children: ReactNode }) {
  return (
    <AriaSection {...props}>
      <Header className="px-3 pt-2 pb-1 text-xs font-strong text-faint">{title}</Header>
      {children}
    </AriaSection>
  )
}

export function MenuLine() {
  return <Separator className="mx-3 my-1 border-t border-line" />
}
