import { describe, expect, it } from 'vitest'
import { compareMessages, instant, olderSeq } from './order'

describe('the order of a conversation', () => {
  const m = (at: string, direction: 'in' | 'out', wamid: string | null, id = 'msg_1') => ({ at, direction, wamid, id })
  const rows: [string, ReturnType<typeof m>, ReturnType<typeof m>][] = [
    ['earlier comes first', m('2026-11-22T10:00:00Z', 'out', 'b'), m('2026-11-22T10:00:01Z', 'in', 'a')],
    ['no fraction is before any fraction', m('2026-11-22T10:00:00Z', 'in', 'b'), m('2026-11-22T10:00:00.000001Z', 'in', 'a')],
    ['fractions of different length compare by value', m('2026-11-22T10:00:00.09Z', 'in', 'b'), m('2026-11-22T10:00:00.1Z', 'in', 'a')],
    ['incoming before outgoing in one moment', m('2026-11-22T10:00:00Z', 'in', 'z'), m('2026-11-22T10:00:00.000Z', 'out', 'a')],
    ['WAMID decides the rest', m('2026-11-22T10:00:00Z', 'in', 'a'), m('2026-11-22T10:00:00Z', 'in', 'b')],
    ['the id stands in for a WAMID not yet known', m('2026-11-22T10:00:00Z', 'out', null, 'msg_1'), m('2026-11-22T10:00:00Z', 'out', null, 'msg_2')],
  ]
  it.each(rows)('%s', (_, first, second) => {
    expect(compareMessages(first, second)).toBeLessThan(0)
    expect(compareMessages(second, first)).toBeGreaterThan(0)
    expect(compareMessages(first, first)).toBe(0)
  })

  it('pads times to microseconds', () => {
    expect(instant('2026-11-22T10:00:00.5Z')).toBe('2026-11-22T10:00:00.500000')
  })

  it('compares sequences as numbers, however long', () => {
    expect(olderSeq('9', '10')).toBe(true)
    expect(olderSeq('10', '9')).toBe(false)
    expect(olderSeq('9007199254740993', '9007199254740994')).toBe(true)
    expect(olderSeq('7', '7')).toBe(false)
  })
})
