// whatsapp-api-js: its addresses are fixed, so it is given a fetch of ours (its
// documented option ponyfill.fetch) that changes the host and nothing else.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as msg from 'whatsapp-api-js/messages'
import { WhatsAppAPI } from 'whatsapp-api-js/middleware/node-http'
import { createServer } from 'node:http'
import { ask, assertArrived, assertNoBreach, business, emulator, file, person } from './support/meta.mjs'

const link = 'https://pictures.example/one.jpg'
const templates = [{ name: 'order_ready', language: 'en_US', category: 'utility' }]

/** there is fetch, with Graph's host changed for the emulator's. */
const there = (url, options) => fetch(String(url).replace('https://graph.facebook.com', emulator), options)

const connect = (token, appSecret) => new WhatsAppAPI({ token, appSecret, webhookVerifyToken: 'verify me', v: 'v25.0', ponyfill: { fetch: there } })

const heard = { messages: [], statuses: [] }
const answered = []
let b, api, server, mona
before(async () => {
  server = createServer(async (req, res) => {
    if (req.method === 'GET') {
      try {
        res.end(api.handle_get(req))
      } catch (status) {
        res.writeHead(status).end()
      }
      return
    }
    const status = await api.handle_post(req)
    answered.push(status)
    res.writeHead(status).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const callback = `http://127.0.0.1:${server.address().port}/hook`
  // Its parser knows this field only: others it answers with an error of its own.
  b = await business('API JS', { callback, verify: 'verify me', fields: ['messages'], templates })
  api = connect(b.token, b.app.secret)
  api.on.message = (m) => void heard.messages.push(m)
  api.on.status = (s) => void heard.statuses.push(s)
  mona = await person('Mona')
  await mona.writes(b.platform, { text: 'hello' })
})
after(async () => {
  assert.ok(answered.length > 0 && answered.every((status) => status === 200), `its own answers: ${answered}`)
  await assertNoBreach(b.platform, b.number)
  server.close()
})

/** until waits for what its emitter is given, and moves the emulator's clock. */
async function until(what, list, fits) {
  const end = Date.now() + 20_000
  for (;;) {
    const found = list.find(fits)
    if (found) return found
    assert.ok(Date.now() < end, `never came: ${what}`)
    await ask('POST', 'clock', { advance: '3s' })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** send sends one message to Mona and checks the answer and the books. */
async function send(message, context, opaque) {
  const answer = await api.sendMessage(b.platform.id, mona.digits, message, context, opaque)
  assert.ok(answer.messages, JSON.stringify(answer))
  assert.deepEqual(answer.contacts, [{ input: mona.digits, wa_id: mona.digits }])
  await assertArrived(b.platform, answer.messages[0].id, message._type)
  return answer.messages[0]
}

describe('messages', () => {
  const vcard = [
    new msg.Name('Omar Said', 'Omar', 'Said'),
    new msg.Phone('+201000000077', 'WORK', '201000000077'),
    new msg.Email('omar@shop.example', 'WORK'),
    new msg.Birthday('1990', '02', '03'),
    new msg.Organization('Shop', 'Sales', 'Head'),
    new msg.Url('https://shop.example', 'WORK'),
    new msg.Address('Egypt', 'eg', 'Cairo', 'Cairo', '1 Tahrir', '11511', 'WORK'),
  ]
  const kinds = {
    text: new msg.Text('Hello https://shop.example', true),
    image: new msg.Image(link, false, 'one'),
    video: new msg.Video(link, false, 'two'),
    audio: new msg.Audio(link),
    'voice note': new msg.Audio(link, false, true),
    document: new msg.Document(link, false, 'three', 'three.pdf'),
    sticker: new msg.Sticker(link),
    location: new msg.Location(31.23, 30.04, 'Shop', 'Tahrir'),
    contacts: new msg.Contacts(vcard, [new msg.Name('Sara Adel', 'Sara')]),
  }
  for (const [kind, message] of Object.entries(kinds)) test(kind, () => send(message))

  const product = new msg.CatalogProduct('sku-1', '77')
  const body = new msg.Body('Which?')
  const footer = new msg.Footer('Shop')
  const interactive = {
    buttons: [new msg.ActionButtons(new msg.Button('y', 'Yes'), new msg.Button('n', 'No')), body, new msg.Header(new msg.Image(link)), footer],
    list: [
      new msg.ActionList('Show', new msg.ListSection('A', new msg.Row('1', 'One', 'first')), new msg.ListSection('B', new msg.Row('2', 'Two'))),
      body,
      new msg.Header('Branches'),
      footer,
    ],
    catalogue: [new msg.ActionCatalog(product), body],
    product: [new msg.ActionProduct(product), body],
    'product list': [new msg.ActionProductList('77', new msg.ProductSection('Rye', product)), body, new msg.Header('Bread')],
    'link button': [new msg.ActionCTA('Open', 'https://shop.example'), body, new msg.Header('See'), footer],
    'flow that navigates': [new msg.ActionNavigateFlow('t', '991', 'Open', 'ONE', { a: 1 }), body],
    'flow that exchanges data': [new msg.ActionDataExchangeFlow('t', '991', 'Open'), body],
    'location request': [new msg.ActionLocation(), body],
    'request to call': [new msg.ActionCallPermission(), body],
  }
  for (const [kind, parts] of Object.entries(interactive)) test(`interactive: ${kind}`, () => send(new msg.Interactive(...parts)))

  const picture = new msg.HeaderComponent(new msg.HeaderParameter(new msg.Image(link)))
  const text = new msg.BodyComponent(new msg.BodyParameter('Mona'))
  const template = {
    'header, body and every button': [
      picture,
      new msg.BodyComponent(new msg.BodyParameter('Mona'), new msg.BodyParameter(new msg.Currency(10000, 'USD', '$10')), new msg.BodyParameter(new msg.DateTime('1 Dec'))),
      new msg.PayloadComponent('late'),
      new msg.URLComponent('A-99'),
      new msg.SkipButtonComponent(),
      new msg.CopyComponent('SAVE25'),
      new msg.FlowComponent('t', { a: 1 }),
    ],
    'named parameters': [new msg.BodyComponent(new msg.BodyParameter('Mona', 'customer'))],
    'location header': [new msg.HeaderComponent(new msg.HeaderParameter(new msg.Location(31, 30, 'Shop', 'Tahrir'))), text],
    catalogue: [text, new msg.CatalogComponent(product)],
    'several products': [text, new msg.MPMComponent(product, new msg.ProductSection('Rye', product))],
    'limited-time offer': [picture, text, new msg.LTOComponent(Date.now() + 864e5), new msg.CopyComponent('SAVE25')],
    carousel: [text, new msg.CarouselComponent(...[0, 1].map(() => new msg.CarouselCard(new msg.Image(link), new msg.PayloadComponent('this'))))],
  }
  for (const [kind, components] of Object.entries(template)) {
    test(`template: ${kind}`, async () => {
      assert.equal((await send(new msg.Template('order_ready', 'en_US', ...components))).message_status, 'accepted')
    })
  }
  test('template: a code', () => send(msg.Template.OTP('order_ready', 'en_US', '123456')))

  test('a reply, a reaction and its removal, a receipt with typing', async () => {
    const wamid = await mona.writes(b.platform, { text: 'thanks' })
    await send(new msg.Text('welcome'), wamid)
    await send(new msg.Reaction(wamid, '👍'))
    await send(new msg.Reaction(wamid))
    assert.deepEqual(await api.markAsRead(b.platform.id, wamid, 'text'), { success: true })
  })

  test('one message to several', async () => {
    const sara = await person('Sara')
    await sara.writes(b.platform, { text: 'hello' })
    const answers = await Promise.all(api.broadcastMessage(b.platform.id, [mona.digits, sara.digits], new msg.Text('to all')))
    assert.deepEqual(answers.map((a) => a.contacts[0].wa_id), [mona.digits, sara.digits])
  })

  test('what is refused is told as Meta tells it', async () => {
    const { error } = await connect('nonsense', '').sendMessage(b.platform.id, mona.digits, new msg.Text('x'))
    assert.equal(error.code, 190)
    assert.equal(error.type, 'OAuthException')
    const missing = await api.sendMessage(b.platform.id, mona.digits, new msg.Template('nobody', 'en_US'))
    assert.equal(missing.error.code, 132001)
  })
})

describe('calls', () => {
  // It asks without a version, which means the oldest that there is.
  test('are not to be had on a number that lives on a phone', async () => {
    const { error } = await api.initiateCall(b.number.id, mona.digits, 'v=0')
    assert.equal(error.code, 100)
    assert.match(error.message, /Calling is not available/)
  })
})

describe('webhooks', () => {
  test('the handshake, when a callback is set', async () => {
    const set = (verify_token) =>
      fetch(`${emulator}/v25.0/${b.app.id}/subscriptions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${b.app.id}|${b.app.secret}` },
        body: new URLSearchParams({ object: 'whatsapp_business_account', callback_url: b.app.callback, verify_token, fields: 'messages' }),
      })
    assert.deepEqual(await (await set('verify me')).json(), { success: true })
    assert.equal((await (await set('another')).json()).error.code, 100)
  })

  for (const type of ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'order', 'interactive']) {
    test(`incoming ${type}`, async () => {
      const id = await mona.writes(b.number, { type, text: 'سلام "x" / é' })
      const m = await until(type, heard.messages, (h) => h.message.id === id)
      assert.equal(m.phoneID, b.number.id)
      assert.equal(m.from, mona.digits)
      assert.equal(m.name, 'Mona')
      assert.equal(m.message.type, type)
      assert.ok(m.message[type])
    })
  }

  test('it answers what it heard', async () => {
    const id = await mona.writes(b.number, { text: 'and now?' })
    const m = await until('and now?', heard.messages, (h) => h.message.id === id)
    const { messages } = await m.reply(new msg.Text('now'), true)
    await assertArrived(b.number, messages[0].id, 'text')
    assert.deepEqual(await m.received(), { success: true })
  })

  test('statuses', async () => {
    const { id } = await send(new msg.Text('read me'), undefined, 'row-9')
    for (const status of ['sent', 'delivered', 'read']) {
      if (status === 'read') await mona.act('read', { number: b.platform.id })
      const s = await until(status, heard.statuses, (h) => h.id === id && h.status === status)
      assert.equal(s.phone, mona.digits)
      assert.equal(s.biz_opaque_callback_data, 'row-9')
    }
    const failed = await api.sendMessage(b.platform.id, '201000131026', new msg.Template('order_ready', 'en_US'))
    const s = await until('failed', heard.statuses, (h) => h.id === failed.messages[0].id && h.status === 'failed')
    assert.equal(s.error.code, 131026)
  })
})

describe('media', () => {
  const form = (bytes, type) => {
    const f = new FormData()
    f.set('messaging_product', 'whatsapp')
    f.set('file', new Blob([bytes], { type }), 'a file')
    return f
  }

  for (const [sample, make] of Object.entries({ photo: (id) => new msg.Image(id, true, 'one'), film: (id) => new msg.Video(id, true), 'voice note': (id) => new msg.Audio(id, true), paper: (id) => new msg.Document(id, true), sticker: (id) => new msg.Sticker(id, true) })) {
    test(`${sample}: uploaded, sent, loaded, deleted`, async () => {
      const { bytes, type } = await file(sample)
      const { id } = await api.uploadMedia(b.platform.id, form(bytes, type))
      await send(make(id))
      const node = await api.retrieveMedia(id, b.platform.id)
      assert.equal(node.mime_type, type)
      assert.equal(node.file_size, String(bytes.length))
      const answer = await api.fetchMedia(node.url)
      assert.equal(answer.headers.get('content-type'), type)
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
      assert.deepEqual(await api.deleteMedia(id, b.platform.id), { success: true })
      assert.equal((await api.fetchMedia(node.url)).status, 404)
    })
  }
})
