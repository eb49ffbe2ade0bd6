import type { Conversation } from './types'

export type ReplyRefusal = 'window_closed'

/**
 * can answers whether something may be done, or with the code of the reason why not. The verdict is the
 * server's; only the minute in which a known closing time passes is noticed here first.
 */
export const can = {
  reply({ window }: Pick<Conversation, 'window'>, now: number): ReplyRefusal | true {
    const over = window.closes_at !== null && Date.parse(window.closes_at) <= now
    return window.open && !over ? true : 'window_closed'
  },
}
