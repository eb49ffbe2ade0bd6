/** Mark is Wasl's sign: the Arabic letter waw, with which the name begins and which joins words. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g fill="none" strokeWidth="3" strokeLinecap="round" className="stroke-on-accent">
        <circle cx="17.5" cy="12.5" r="4.75" />
        <path d="M22.25 12.5v1.5c0 5.500-4.500 9-12.500 9.5" />
      </g>
    </svg>
  )
}
