import type { ReactNode } from 'react'

/** Page is the plain shape of a place that is read rather than worked in. */
export function Page({ title, lead, back, action, children }: { title: ReactNode; lead?: string; back?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <main className="scroller h-full overflow-y-auto bg-paper">
      <div className="mx-auto max-w-250 px-4 py-6 two:px-8 two:py-8">
        <header className="mb-6 flex flex-col gap-1">
          {back}
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <h1 className="text-xl font-strong">{title}</h1>
            {action}
          </div>
          {lead ? <p className="max-w-160 text-soft">{lead}</p> : null}
        </header>
        {children}
      </div>
    </main>
  )
}
