import type { ReactNode } from 'react'

/** Ltr keeps numbers, codes and addresses left to right inside any sentence. */
export function Ltr({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={className}>
      {children}
    </bdi>
  )
}
