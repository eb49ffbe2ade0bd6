import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { paths } from '../paths'

/** On a narrow screen there is no rail, so a page leads back by itself. */
export function BackToInbox({ label }: { label: string }) {
  return (
    <Link to={paths.inbox} className="-ms-1 mb-2 inline-flex min-h-11 items-center gap-2 self-start text-sm font-strong text-accent two:hidden">
      <ArrowLeft size={18} className="rtl:-scale-x-100" aria-hidden />
      {label}
    </Link>
  )
}
