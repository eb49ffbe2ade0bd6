import { describe, expect, it } from 'vitest'
import type { Message } from '../api/types'
import { shownAs } from './content'
import { nameOf, prettyPhone } from './naming'
import { timeline } from './timeline'
import { windowView } from './window'
import { en } from '../words/en'

const message = (id: string, at: string, more: Partial<Message> = {}) =>
  ({ id, at, origin: 'customer', provenance: 'live', author: null, ...more }) as Message

describe('timeline', () => {
  it('marks days and puts together what one said in a moment', () => {
    const items = timeline(
      [
        message('a', '2026-11-20T10:00:00'),
        message('b', '2026-11-20T10:01:00'),
        message('c', '2026-11-20T10:02:00', { origin: 'phone' }),
        message('d', '2026-11-22T10:00:00'),
      ],
      [],
    )
    expect(items.map((i) => (i.is === 'message' ? `${i.message.id}${i.together ? '+' : ''}` : i.is))).toEqual(['day', 'a', 'b+', 'c', 'day', 'd'])
  })

  it('frames the imported stretch', () => {
    const items = timeline(
      [message('a', '2026-10-01T10:00:00', { provenance: 'history' }), message('b', '2026-11-22T10:00:00')],
      [],
    )
    expect(items.map((i) => i.is)).toEqual(['imported', 'day', 'message', 'live', 'day', 'message'])
  })

  it('has no two lines of one key', () => {
    const items = timeline(
      [
        message('a', '2026-11-20T10:00:00'),
        message('b', '2026-11-20T11:00:00', { provenance: 'history' }),
        message('c', '2026-11-20T12:00:00'),
      ],
      [],
    )
    expect(new Set(items.map((i) => i.key)).size).toBe(items.length)
  })
})

describe('windowView', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const closing = (hours: number) => ({ open: hours > 0, opened_at: '2026-11-21T12:00:00Z', closes_at: new Date(now + hours * 3_600_000).toISOString() })
  it.each([
    ['more than six hours is good', closing(7), 'good', true],
    ['six hours and less warns', closing(6), 'warn', true],
    ['past its end it is closed', closing(-1), 'bad', false],
    ['a window said to be open is closed once its end has passed', { ...closing(-1), open: true }, 'bad', false],
    ['never opened is neither', { open: false, opened_at: null, closes_at: null }, 'none', false],
  ])('%s', (_, window, tone, open) => {
    expect(windowView(window, now)).toMatchObject({ tone, open })
  })
})

describe('shownAs', () => {
  it.each([
    ['unsupported', { type: 'unsupported', content: { errors: [{ code: 131060 }] } }, { is: 'unsupported' }],
    ['a type of tomorrow', { type: 'hologram', content: {} }, { is: 'unknown', type: 'hologram' }],
    ['a voice note', { type: 'audio', content: { type: 'audio', audio: { voice: true } } }, { is: 'media', media: 'voice' }],
    ['content without its wrapper', { type: 'image', content: { caption: 'box' } }, { is: 'media', media: 'image', caption: 'box' }],
    ['a button reply', { type: 'interactive', content: { interactive: { button_reply: { id: '1', title: 'Yes' } } } }, { is: 'choice', title: 'Yes' }],
    [
      'buttons that were offered',
      { type: 'interactive', content: { interactive: { type: 'button', body: { text: 'Ten?' }, action: { buttons: [{ reply: { id: 'y', title: 'Yes' } }, { nothing: 1 }] } } } },
      { is: 'interactive', text: 'Ten?', offers: [{ how: 'reply', title: 'Yes' }] },
    ],
    [
      'a list that was offered',
      { type: 'interactive', content: { interactive: { action: { button: 'Show', sections: [{ rows: [{ title: 'Olaya', description: 'late' }] }] } } } },
      { is: 'interactive', offers: [{ how: 'list', title: 'Show', rows: [{ title: 'Olaya', description: 'late' }] }] },
    ],
    ['an offer of a wrong shape', { type: 'interactive', content: { interactive: { action: 'press', body: 7 } } }, { is: 'interactive', text: '', offers: [] }],
    ['content of a wrong shape', { type: 'location', content: { location: 'nowhere' } }, { is: 'location', latitude: null }],
    ['contacts without names', { type: 'contacts', content: { contacts: [{}] } }, { is: 'contacts', cards: [{ name: '', phones: [] }] }],
    ['no content', { type: 'order', content: null }, { is: 'order', items: 0 }],
  ])('%s', (_, said, want) => {
    expect(shownAs({ text: '', ...said })).toMatchObject(want)
  })
})

describe('names', () => {
  it('falls back from name to number to username', () => {
    const contact = { id: 'cnt_1', name: '', phone: '', username: '' }
    expect(nameOf({ ...contact, name: 'Mona', phone: '+201000000019' }, en)).toBe('Mona')
    expect(nameOf({ ...contact, phone: '+966501234567' }, en)).toBe('+966 50 123 4567')
    expect(nameOf({ ...contact, username: 'rose' }, en)).toBe('@rose')
    expect(nameOf(contact, en)).toBe('Unknown contact')
  })
  it('groups the digits of a number and changes none', () => {
    for (const phone of ['+966501234567', '+201000000019', '+14155550123', '+5511987654321', '+971505550101']) {
      expect(prettyPhone(phone).replaceAll(' ', '')).toBe(phone)
    }
    expect(prettyPhone('12345')).toBe('12345')
  })
})
