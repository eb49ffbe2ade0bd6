/** Problem is an answer the server refused with (RFC 9457), or a failure to reach it: status 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail = '',
    readonly fix = '',
  ) {
    super(title)
    this.name = 'Problem'
  }

  /** True when nothing is known about what the server did: asking again with the same key is safe. */
  get unanswered(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429
  }
}

type Options = { body?: unknown; key?: string; signal?: AbortSignal }

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  if (options.key) headers['Idempotency-Key'] = options.key
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    })
  } catch (err) {
    if (options.signal?.aborted) throw err
    throw new Problem(0, 'unreachable', 'The server cannot be reached.')
  }
  if (!answer.ok) throw await problemFrom(answer)
  if (answer.status === 204) return undefined as T
  return (await answer.json()) as T
}

export async function problemFrom(answer: Response): Promise<Problem> {
  const field = (body: unknown, name: string): string => {
    if (typeof body !== 'object' || body === null) return ''
    const value: unknown = Reflect.get(body, name)
    return typeof value === 'string' ? value : ''
  }
  let body: unknown = null
  try {
    body = await answer.json()
  } catch {
    // A proxy may answer with a page of its own; the status says enough.
  }
  const code = field(body, 'code') || `http_${answer.status}`
  const title = field(body, 'title') || answer.statusText || `HTTP ${answer.status}`
  return new Problem(answer.status, code, title, field(body, 'detail'), field(body, 'fix'))
}

/** query turns set values into a query string with its question mark, or into nothing. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** newKey makes an Idempotency-Key. randomUUID is missing where the page came without TLS from another machine. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
