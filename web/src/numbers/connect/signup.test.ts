import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Signup } from '../../api/movein'
import { eventWait, loginOptions, openSignup, readNews, type Outcome, type SDK } from './signup'

const sdkOrigin = 'https://connect.facebook.net'
const facebook = 'https://www.facebook.com'
const signup: Signup = {
  ready: true, missing: [], app_id: '918273645001122', config_id: '660011223344556', graph_version: 'v25.0',
  sdk_url: `${sdkOrigin}/en_US/sdk.js`, feature_type: 'whatsapp_business_app_onboarding',
}
const event = (data: object, name: string) => JSON.stringify({ data, type: 'WA_EMBEDDED_SIGNUP', event: name, version: 3 })

describe('readNews', () => {
  for (const [what, origin, data, want] of [
    ['the documented end', facebook, event({ waba_id: '275590018334460' }, 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'), { kind: 'finished', waba: '275590018334460' }],
    ['more keys than documented', facebook, event({ waac_id: 'x', phone_number_id: '308', waba_id: '275' }, 'FINISH'), { kind: 'finished', waba: '275', phoneNumberId: '308' }],
    ['an id as a number', facebook, event({ waba_id: 275590018334460 }, 'FINISH'), { kind: 'finished', waba: '275590018334460' }],
    ['an end that names nothing', facebook, event({}, 'FINISH_ONLY_WABA'), { kind: 'finished' }],
    ['a cancellation', facebook, event({ current_step: 'PERMISSIONS' }, 'CANCEL'), { kind: 'cancelled', step: 'PERMISSIONS' }],
    ['an error by the name of a cancellation', facebook, event({ error_message: 'Not valid.', error_id: '731904' }, 'CANCEL'), { kind: 'refused', message: 'Not valid.', id: '731904' }],
    ['an error by its own name', facebook, event({ error_id: 731904 }, 'ERROR'), { kind: 'refused', message: '', id: '731904' }],
    ['the origin of the script', sdkOrigin, event({ waba_id: '1' }, 'FINISH'), { kind: 'finished', waba: '1' }],
    ['no JSON', facebook, 'cb=f1&domain=x', null],
    ['an object', facebook, { type: 'WA_EMBEDDED_SIGNUP' }, null],
    ['null', facebook, 'null', null],
    ['another type', facebook, '{"type":"other"}', null],
    ['a stranger', 'https://evil.test', event({ waba_id: '1' }, 'FINISH'), null],
    ['a name that only ends alike', 'https://notfacebook.com', event({ waba_id: '1' }, 'FINISH'), null],
    ['without TLS', 'http://www.facebook.com', event({ waba_id: '1' }, 'FINISH'), null],
    ['no origin', 'null', event({ waba_id: '1' }, 'FINISH'), null],
  ] as const) {
    it(`reads ${what}`, () => expect(readNews(origin, data, sdkOrigin)).toEqual(want))
  }
})

describe('openSignup', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A window and a script, and what was told. */
  function open() {
    let listener: ((e: MessageEvent) => void) | null = null
    let login: Parameters<SDK['login']>[0] = () => undefined
    const told: Outcome[] = []
    const where = {
      addEventListener: (_: string, l: unknown) => void (listener = l as typeof listener),
      removeEventListener: () => void (listener = null),
    } as unknown as Window
    const sdk: SDK = { init: () => undefined, login: (answer) => void (login = answer) }
    openSignup(sdk, signup, 'coexistence', (o) => told.push(o), where)
    return {
      told,
      message: (data: string, origin = facebook) => listener?.({ origin, data } as MessageEvent),
      answers: (code?: string) => login(code ? { authResponse: { code }, status: 'connected' } : { authResponse: null, status: 'unknown' }),
    }
  }
  const finish = event({ waba_id: '275' }, 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING')

  it('takes the event first', () => {
    const p = open()
    p.message(finish)
    expect(p.told).toEqual([])
    p.answers('abc')
    expect(p.told).toEqual([{ kind: 'code', code: 'abc', waba: '275' }])
  })
  it('takes the code first', () => {
    const p = open()
    p.answers('abc')
    p.message(finish)
    expect(p.told).toEqual([{ kind: 'code', code: 'abc', waba: '275' }])
    vi.advanceTimersByTime(60_000)
    expect(p.told).toHaveLength(1)
  })
  it('waits no longer than two seconds for an event that is lost', () => {
    const p = open()
    p.answers('abc')
    vi.advanceTimersByTime(eventWait - 1)
    expect(p.told).toEqual([])
    vi.advanceTimersByTime(1)
    expect(p.told).toEqual([{ kind: 'code', code: 'abc' }])
  })
  it('says at which step it was cancelled', () => {
    const p = open()
    vi.advanceTimersByTime(9_000)
    p.answers()
    p.message(event({ current_step: 'PHONE_NUMBER_SETUP' }, 'CANCEL'))
    expect(p.told).toEqual([{ kind: 'cancelled', step: 'PHONE_NUMBER_SETUP' }])
  })
  it('believes a code after an error', () => {
    const p = open()
    p.message(event({ error_message: 'No.', error_id: '7' }, 'ERROR'))
    p.message(finish)
    p.answers('abc')
    expect(p.told.map((o) => o.kind)).toEqual(['refused', 'code'])
  })
  it('tells a blocked popup from a closed one', () => {
    const blocked = open()
    blocked.answers()
    vi.advanceTimersByTime(1_000)
    expect(blocked.told).toEqual([{ kind: 'closed', atOnce: true }])
    const closed = open()
    vi.advanceTimersByTime(5_000)
    closed.answers()
    vi.advanceTimersByTime(1_000)
    expect(closed.told).toEqual([{ kind: 'closed', atOnce: false }])
  })
  it('asks for the branch of the app only where the app stays', () => {
    expect(loginOptions(signup, 'coexistence').extras.featureType).toBe('whatsapp_business_app_onboarding')
    expect(loginOptions(signup, 'cloud').extras.featureType).toBe('')
  })
})
