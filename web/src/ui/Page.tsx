import type { ReactNode } from 'react'

/** Page is the plain shape of a place that is read rather than worked in. */
export function Page({ title, lead, back, children }: { title: ReactNode; lead?: string; back?: ReactNode; children: ReactNode }) {
  return (
    <main className="scroller h-full overflow-y-auto bg-paper">
      <div className="mx-auto max-w-250 px-4 py-6 two:px-8 two:py-8">
        <header className="mb-6 flex flex-col gap-1">
          {back}
          <h1 className="text-xl font-strong">{title}</h1>
          {lead ? <p className="max-w-160 text-soft">{lead}</p> : null}
        </header>
        {children}
      </div>
    </main>
  )
}
