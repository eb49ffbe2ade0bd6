import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ConversationFilter } from '../../api/calls'
import { numbersQuery } from '../../api/queries'
import { IconButton } from '../../ui/Button'
import { cx } from '../../ui/class'
import { useWords } from '../../words/words'

/** What the list can show, in the order of the chips. */
export const shows = ['all', 'unread', 'nobody', 'person', 'phone', 'bot'] as const
export type Show = (typeof shows)[number]

export function filterOf(search: { q?: string; show?: string; number?: string }): ConversationFilter {
  const filter: ConversationFilter = {}
  if (search.q) filter.q = search.q
  if (search.number) filter.number = search.number
  if (search.show === 'unread') filter.unread = true
  else if (search.show && search.show !== 'all') filter.handler = search.show
  return filter
}

export function ListFilter() {
  const { words } = useWords()
  const search = useSearch({ from: '/inbox' })
  const navigate = useNavigate()
  const numbers = useQuery(numbersQuery).data ?? []
  const show = shows.find((s) => s === search.show) ?? 'all'
  const set = (next: { q?: string; show?: string; number?: string }) =>
    void navigate({ to: '.', search: (old) => ({ ...old, ...next }), replace: true })

  return (
    <div className="flex flex-col gap-2 px-3 pb-2">
      <SearchField value={search.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
      <div className="flex items-center gap-2">
        <div role="group" aria-label={words.list.filter} className="scroller flex min-w-0 gap-0.5 overflow-x-auto p-0.5 [scrollbar-width:none]">
          {shows.map((s) => (
            <button
              key={s}
              type="button"
              aria-pressed={s === show}
              onClick={() => set({ show: s === 'all' ? undefined : s })}
              className={cx(
                'min-h-7 shrink-0 rounded-full px-2 text-xs transition-colors pointer-coarse:min-h-9 pointer-coarse:px-3',
                s === show ? 'bg-accent font-strong text-on-accent' : 'text-soft hover:bg-hover hover:text-ink',
              )}
            >
              {s === 'all' || s === 'unread' ? words.list[s] : words.list.handler[s]}
            </button>
          ))}
        </div>
      </div>
      {numbers.length > 1 ? (
        <label className="flex items-center gap-2 text-xs text-soft">
          <span>{words.list.number}</span>
          <select
            value={search.number ?? ''}
            onChange={(event) => set({ number: event.target.value || undefined })}
            className="h-7 min-w-0 grow rounded-lg border border-line bg-paper px-2 text-xs text-ink"
          >
            <option value="">{words.list.allNumbers}</option>
            {numbers.map((n) => (
              <option key={n.id} value={n.id}>
                {`\u2068${n.name || n.display}\u2069 \u2066${n.name ? n.display : ''}\u2069`}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  )
}

/** The field keeps what is typed at once and asks the server a moment after the last letter. */
function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const { words } = useWords()
  const [text, setText] = useState(value)
  const [asked, setAsked] = useState(value)
  // Somebody pressed "show all": the field follows. What is being typed it never takes away.
  if (asked !== value) {
    setAsked(value)
    if (value === '') setText('')
  }
  const input = useRef<HTMLInputElement>(null)
  const ask = useEffectEvent((q: string) => {
    if (q !== value) onChange(q)
  })

  useEffect(() => {
    const timer = setTimeout(() => ask(text.trim()), 250)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <div className="relative">
      <Search size={16} aria-hidden className="pointer-events-none absolute start-2.5 top-1/2 -translate-y-1/2 text-faint" />
      <input
        ref={input}
        id="search"
        type="search"
        dir={text ? 'auto' : words.dir}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text) {
            event.stopPropagation()
            setText('')
          }
        }}
        placeholder={words.list.search}
        aria-label={words.list.search}
        className="line h-9 w-full rounded-lg border border-line bg-ground ps-8 pe-8 text-base placeholder:text-faint focus-visible:bg-paper focus-visible:outline-offset-0 [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <span className="absolute end-1 top-1">
          <IconButton
            small
            label={words.act.clear}
            onPress={() => {
              setText('')
              input.current?.focus()
            }}
          >
            <X size={14} aria-hidden />
          </IconButton>
        </span>
      ) : null}
    </div>
  )
}
