import { Bot, Headset, Megaphone, Plug, Smartphone, Sparkles, UserRound, type LucideIcon } from 'lucide-react'
import type { Message, Origin } from '../api/types'
import type { Words } from '../words/en'

export const originIcon: Record<Origin, LucideIcon> = {
  customer: UserRound,
  phone: Smartphone,
  agent: Headset,
  bot: Bot,
  campaign: Megaphone,
  api: Plug,
  meta_agent: Sparkles,
}

export const originInk: Record<Origin, string> = {
  customer: 'text-origin-customer',
  phone: 'text-origin-phone',
  agent: 'text-origin-agent',
  bot: 'text-origin-bot',
  campaign: 'text-origin-campaign',
  api: 'text-origin-api',
  meta_agent: 'text-origin-meta',
}

/** The wash behind what we said: the colour of who said it, hardly there. */
export const originWash: Record<Origin, string> = {
  customer: 'bg-paper border-line',
  phone: 'bg-[color-mix(in_srgb,var(--color-origin-phone)_11%,var(--color-paper))] border-origin-phone/20',
  agent: 'bg-[color-mix(in_srgb,var(--color-origin-agent)_11%,var(--color-paper))] border-origin-agent/20',
  bot: 'bg-[color-mix(in_srgb,var(--color-origin-bot)_10%,var(--color-paper))] border-origin-bot/20',
  campaign: 'bg-[color-mix(in_srgb,var(--color-origin-campaign)_10%,var(--color-paper))] border-origin-campaign/20',
  api: 'bg-[color-mix(in_srgb,var(--color-origin-api)_10%,var(--color-paper))] border-origin-api/20',
  meta_agent: 'bg-[color-mix(in_srgb,var(--color-origin-meta)_10%,var(--color-paper))] border-origin-meta/20',
}

/** originWord falls back to the raw name: an origin invented tomorrow is still said. */
export function originWord(words: Words, origin: Origin): string {
  return words.origin[origin] ?? origin
}

export function OriginIcon({ origin, size = 14, className = '' }: { origin: Origin; size?: number; className?: string }) {
  const Icon = originIcon[origin] ?? Plug
  return <Icon size={size} className={`shrink-0 ${originInk[origin] ?? ''} ${className}`} aria-hidden />
}

/** OriginLabel is who said it, as icon and word, with the name where one is known. */
export function OriginLabel({ message, words }: { message: Pick<Message, 'origin' | 'author'>; words: Words }) {
  const { origin, author } = message
  return (
    <span className={`inline-flex items-center gap-1 ${originInk[origin] ?? ''}`} title={words.originWhy[origin]} data-origin={origin}>
      <OriginIcon origin={origin} size={13} />
      <span className="font-strong">{originWord(words, origin)}</span>
      {author?.name ? (
        <>
          <span aria-hidden>·</span>
          <bdi>{author.name}</bdi>
        </>
      ) : null}
    </span>
  )
}
