import type { House } from './mock'

type Json = Record<string, unknown>
type Customer = { id: string; name: string; digits: string }

/** emulated answers the few paths of the emulator that the browser tests use, over the same memory as the mock. */
export function emulated(house: House, customers: Customer[], method: string, url: URL, body: unknown): unknown {
  const [, , noun = '', id = '', a = '', b = ''] = url.pathname.split('/')
  const json = (Array.isArray(body) ? {} : body) as Json
  if (noun === 'state') return { numbers: [{ id: '106540352242922', stage: 'live', coexistence: true }] }
  if (noun === 'customers' && !id) {
    const made = (body as Json[]).map((spec, i) => ({ id: `cus_${customers.length + i}`, name: String(spec.name), digits: String(spec.digits) }))
    customers.push(...made)
    for (const c of made) house.meet(c)
    return made
  }
  const byId = customers.find((c) => c.id === id || c.id === url.searchParams.get('customer') || c.digits === json.to)
  if (!byId) return null
  if (method === 'POST') {
    const fromPhone = a === 'phone' && b === 'send'
    house.says(byId.id, fromPhone ? 'phone' : 'customer', String(json.text))
    return { wamid: 'wamid.mock' }
  }
  return { ...byId, chats: [{ messages: house.said(byId.id) }] }
}
