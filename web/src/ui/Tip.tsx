import type { ReactElement } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'

/** Tip explains the thing it is wrapped around, which must be focusable. */
export function Tip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <Tooltip
        offset={6}
        className="max-w-64 animate-fade rounded-md bg-ink px-2 py-1 text-xs text-paper shadow-raised"
      >
        {text}
      </Tooltip>
    </TooltipTrigger>
  )
}
