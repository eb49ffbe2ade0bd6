// What the tests of all strangers share: the emulator's own side, which plays
// everybody but the client, and a server that takes webhooks.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'

export const emulator = process.env.EMULATOR_URL ?? 'http://127.0.0.1:8081'

/** ask talks to the emulator's own side. */
export async function ask(method, path, body) {
  const answer = await fetch(`${emulator}/_emulator/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const json = await answer.json()
  assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(json)}`)
  return json
}

/**
 * listen serves webhooks. check is given each notification, as bytes and
 * headers, and throws if it is not Meta's; what it returns is kept in seen.
 */
export async function listen({ handshake, check }) {
  const seen = []
  const refused = []
  let wake = () => {}
  const server = createServer(async (req, res) => {
    if (req.method === 'GET') {
      try {
        res.end(await handshake(req))
      } catch {
        res.writeHead(403).end()
      }
      return
    }
    const chunks = []
    for await (const chunk of req) chunks.push(chunk)
    try {
      seen.push(...[await check(Buffer.concat(chunks), req.headers)].flat())
      res.end()
    } catch (err) {
      refused.push(err)
      res.writeHead(500).end()
    }
    wake()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    seen,
    refused,
    close: () => server.close(),
    /** until waits for what fits, and moves the emulator's clock while it waits. */
    async until(what, fits) {
      const end = Date.now() + 20_000
      for (;;) {
        const found = seen.find(fits)
        if (found !== undefined) return found
        assert.deepEqual(refused, [], `webhooks that were refused, waiting for ${what}`)
        assert.ok(Date.now() < end, `never came: ${what}; came: ${JSON.stringify(seen).slice(0, 2000)}`)
        await ask('POST', 'clock', { advance: '3s' })
        await new Promise((resolve) => {
          wake = resolve
          setTimeout(resolve, 200)
        })
      }
    },
  }
}

/**
 * business makes an app with its callback, a WABA, a number that also lives on
 * a phone and one that lives on the platform alone, quick enough for a client
 * that does not pace itself.
 */
export async function business(name, { callback = '', verify = '', fields, templates = [] } = {}) {
  const app = await ask('POST', 'apps', { name, callback, verify_token: verify, fields })
  const waba = await ask('POST', 'wabas', { name, app_id: app.id, templates })
  const number = await ask('POST', 'numbers', { waba_id: waba.id, verified_name: name })
  const platform = await ask('POST', 'numbers', { waba_id: waba.id, verified_name: name, coexistence: false, mps: 1000 })
  return { app, waba, number, platform, token: waba.token }
}

/** person makes a customer and what one does. */
export async function person(name, more = {}) {
  const customer = await ask('POST', 'customers', { name, ...more })
  const act = (action, body) => ask('POST', `customers/${customer.id}/${action}`, body)
  return {
    ...customer,
    act,
    writes: async (number, content) => (await act('send', { number: number.id, ...content })).wamid,
    /** chat is what the customer's own screen shows of a number. */
    async chat(number) {
      const { chats } = await ask('GET', `customers/${customer.id}`)
      return chats?.find((c) => c.number === number.id || c.number_id === number.id) ?? chats?.[0]
    },
  }
}

/** arrivals is what reached Meta's door for a number, in order. */
export const arrivals = (number) => ask('GET', `arrivals?number=${number.id}`)

/** assertBooks checks what one call left in the books. */
export async function assertArrived(number, wamid, type) {
  const arrival = (await arrivals(number)).find((a) => a.wamid === wamid)
  assert.ok(arrival, `no arrival has ${wamid}`)
  assert.equal(arrival.type, type)
  assert.equal(arrival.http, 200)
  assert.equal(arrival.code, 0)
}

/** assertNoBreach checks that no rule of Meta's was broken through a number's fault. */
export async function assertNoBreach(...numbers) {
  for (const number of numbers) assert.deepEqual(await ask('GET', `breaches?number=${number.id}`), [])
}

/** file is a built-in sample of the emulator's, as it would lie on a disk. */
export async function file(sample) {
  const { id, mime_type } = await ask('POST', 'media', { sample })
  const answer = await fetch(`${emulator}/_emulator/media/${id}`)
  assert.equal(answer.status, 200)
  return { bytes: Buffer.from(await answer.arrayBuffer()), type: mime_type.split(';')[0] }
}
