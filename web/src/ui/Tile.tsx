import type { ReactNode } from 'react'

/** Tile is one thing known at a glance, inside a list: its name, what it is, and a note. */
export function Tile({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <li className="rounded-2xl bg-ground p-4">
      <p className="text-sm text-soft">{name}</p>
      <p className="tabular text-lg font-strong">{children}</p>
      {note ? <p className="mt-1 text-xs text-soft">{note}</p> : null}
    </li>
  )
}
