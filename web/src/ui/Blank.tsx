import type { ReactNode } from 'react'

/** Blank is what stands where nothing is: what it means, and the next step. */
export function Blank({ icon, title, next, children }: { icon?: ReactNode; title: string; next?: string; children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 p-8 text-center">
      {icon ? <span className="mb-2 text-line-strong">{icon}</span> : null}
      <p className="text-base font-strong text-ink">{title}</p>
      {next ? <p className="max-w-72 text-sm text-soft">{next}</p> : null}
      {children ? <div className="mt-3 flex gap-2">{children}</div> : null}
    </div>
  )
}

/** Bones stand where rows are about to be. */
export function Bones({ rows, label }: { rows: number; label: string }) {
  return (
    <div role="status" className="flex flex-col gap-5 p-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex items-center gap-3" aria-hidden>
          <span className="size-9 rounded-full bg-line/70" />
          <span className="flex grow flex-col gap-2">
            <span className="h-2.5 w-2/5 rounded bg-line/70" />
            <span className="h-2.5 w-4/5 rounded bg-line/50" />
          </span>
        </div>
      ))}
    </div>
  )
}
