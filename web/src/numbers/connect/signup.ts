import type { Mode, Signup } from '../../api/movein'

/** What became of the popup. Several may come of one: an answer with a code is always the last word. */
export type Outcome =
  | { kind: 'code'; code: string; waba?: string; phoneNumberId?: string }
  | { kind: 'cancelled'; step: string }
  | { kind: 'refused'; message: string; id: string }
  /** Closed or never opened, and nothing was told. At once: the browser has most likely blocked it. */
  | { kind: 'closed'; atOnce: boolean }

/** What an event of Embedded Signup tells, by its keys: the names of the events differ between versions. */
export type News =
  | { kind: 'finished'; waba?: string; phoneNumberId?: string }
  | { kind: 'cancelled'; step: string }
  | { kind: 'refused'; message: string; id: string }

export type LoginOptions = {
  config_id: string
  response_type: 'code'
  override_default_response_type: true
  extras: { setup: Record<string, never>; featureType: string; sessionInfoVersion: '3' }
}

type LoginAnswer = { authResponse?: { code?: string | null } | null; status?: string } | null | undefined

/** SDK is as much of Meta's script as is used here. */
export type SDK = {
  init: (options: { appId: string; autoLogAppEvents: boolean; xfbml: boolean; version: string }) => void
  login: (answer: (response: LoginAnswer) => void, options: LoginOptions) => void
}

declare global {
  interface Window {
    FB?: SDK
    fbAsyncInit?: () => void
  }
}

/** How long the code waits for its event, in milliseconds: it dies after half a minute, and the event may be lost. */
export const eventWait = 2_000
/** How long a popup that ended without a code waits for the event that says why, in milliseconds. */
const reasonWait = 600
/** A popup that is gone sooner than this was never seen, in milliseconds. */
const seenAfter = 1_000

/** readNews reads what a window message tells; null for everything that is not ours to hear. */
export function readNews(origin: string, data: unknown, sdkOrigin: string): News | null {
  if (!trusted(origin, sdkOrigin) || typeof data !== 'string') return null
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    return null // other parts of the script talk to each other in other ways
  }
  if (field(event, 'type') !== 'WA_EMBEDDED_SIGNUP') return null
  const told = inside(event, 'data')
  const message = field(told, 'error_message')
  const id = field(told, 'error_id')
  if (message || id) return { kind: 'refused', message, id }
  const waba = field(told, 'waba_id')
  if (waba) return { kind: 'finished', waba, phoneNumberId: field(told, 'phone_number_id') || undefined }
  const step = field(told, 'current_step')
  const name = field(event, 'event')
  if (step || name === 'CANCEL') return { kind: 'cancelled', step }
  return name.startsWith('FINISH') ? { kind: 'finished' } : null
}

function trusted(origin: string, sdkOrigin: string): boolean {
  if (origin === sdkOrigin) return true
  try {
    const { protocol, hostname } = new URL(origin)
    return protocol === 'https:' && (hostname === 'facebook.com' || hostname.endsWith('.facebook.com'))
  } catch {
    return false
  }
}

function inside(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** field reads a text; an id may come as a number, which is good only while it is exact. */
function field(value: unknown, name: string): string {
  const found = inside(value, name)
  if (typeof found === 'string') return found
  return Number.isSafeInteger(found) ? String(found) : ''
}

/** loadSDK loads Meta's script once and makes it ready. */
export function loadSDK(signup: Signup): Promise<SDK> {
  const ready = (sdk: SDK) => {
    sdk.init({ appId: signup.app_id, autoLogAppEvents: true, xfbml: true, version: signup.graph_version })
    return sdk
  }
  if (window.FB) return Promise.resolve(ready(window.FB))
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = signup.sdk_url
    script.async = true
    script.defer = true
    // Meta's script calls fbAsyncInit when it is ready, which may be later than loaded.
    window.fbAsyncInit = () => (window.FB ? resolve(ready(window.FB)) : reject(new Error('the script brought no FB')))
    script.addEventListener('error', () => {
      script.remove() // so that it can be tried again
      reject(new Error('the script could not be loaded'))
    })
    document.head.append(script)
  })
}

export function loginOptions(signup: Signup, mode: Mode): LoginOptions {
  return {
    config_id: signup.config_id,
    response_type: 'code',
    override_default_response_type: true,
    extras: { setup: {}, featureType: mode === 'coexistence' ? signup.feature_type : '', sessionInfoVersion: '3' },
  }
}

/** What openSignup needs of the browser. */
type Surroundings = Pick<Window, 'addEventListener' | 'removeEventListener'>

/**
 * openSignup opens the popup and tells what becomes of it. Code and event come in either order, and each may
 * never come. It has to be called by a press of a button, or the browser blocks the popup. The answer stops it.
 */
export function openSignup(sdk: SDK, signup: Signup, mode: Mode, tell: (outcome: Outcome) => void, where: Surroundings = window): () => void {
  const sdkOrigin = new URL(signup.sdk_url).origin
  const opened = Date.now()
  let news: News | null = null
  let code = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const stop = () => {
    clearTimeout(timer)
    where.removeEventListener('message', listen)
  }
  const withCode = () => {
    stop()
    const finished = news?.kind === 'finished' ? news : null
    tell({ kind: 'code', code, waba: finished?.waba, phoneNumberId: finished?.phoneNumberId })
  }
  const withoutCode = (atOnce: boolean) => {
    if (news?.kind === 'cancelled' || news?.kind === 'refused') tell(news)
    else tell({ kind: 'closed', atOnce })
  }
  const listen = (event: MessageEvent) => {
    const heard = readNews(event.origin, event.data, sdkOrigin)
    if (!heard) return
    news = heard
    if (code) withCode()
    else if (heard.kind !== 'finished') tell(heard)
  }
  where.addEventListener('message', listen)
  // Not an async function: Meta's script refuses one.
  sdk.login((response) => {
    const answered = response?.authResponse?.code ?? ''
    const atOnce = Date.now() - opened < seenAfter
    clearTimeout(timer)
    if (!answered) {
      timer = setTimeout(() => withoutCode(atOnce), reasonWait)
      return
    }
    code = answered
    if (news?.kind === 'finished') withCode()
    else timer = setTimeout(withCode, eventWait)
  }, loginOptions(signup, mode))
  return stop
}
