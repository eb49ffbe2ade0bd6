// @great-detail/whatsapp: pointed at the emulator by its option prefixUrl.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Client from '@great-detail/whatsapp'
import { ask, assertArrived, assertNoBreach, business, emulator, file, listen, person } from './support/meta.mjs'

const link = 'https://pictures.example/one'
const templates = [{ name: 'order_ready', language: 'en_US', category: 'utility' }]

const connect = (token) => new Client({ prefixUrl: emulator, graphVersion: 'v23.0', request: { headers: { Authorization: `Bearer ${token}` } } })

let b, sdk, hook, mona
before(async () => {
  const webhook = connect('').webhook
  hook = await listen({
    async handshake(req) {
      const query = Object.fromEntries(new URL(req.url, 'http://hook').searchParams)
      const reg = await webhook.register({ method: req.method, query, body: undefined, headers: req.headers })
      if (reg.verifyToken !== 'verify me') throw new Error('another token')
      return reg.accept()
    },
    async check(rawBody, headers) {
      const event = await webhook.eventNotification({ method: 'POST', query: {}, body: rawBody.toString(), headers })
      await event.verifySignature(b.app.secret)
      assert.equal(await event.checkSignature('another'), false)
      return event.eventNotification.entry.flatMap((e) => e.changes.map((c) => ({ waba: e.id, ...c })))
    },
  })
  b = await business('Great Detail', { callback: hook.url, verify: 'verify me', templates })
  sdk = connect(b.token)
  mona = await person('Mona')
  await mona.writes(b.platform, { text: 'hello' })
})
after(async () => {
  await assertNoBreach(b.platform, b.number)
  hook.close()
})

/** send sends one message to Mona and checks the answer and the books. */
async function send(type, object, more = {}) {
  const answer = await sdk.message.createMessage({ phoneNumberID: b.platform.id, to: mona.digits, type, [type]: object, ...more }).json()
  assert.equal(answer.messaging_product, 'whatsapp')
  assert.deepEqual(answer.contacts, [{ input: mona.digits, wa_id: mona.digits }])
  await assertArrived(b.platform, answer.messages[0].id, type)
  return answer
}

/** refused is the error of a call, as the client gives it. */
async function refused(call) {
  const err = await call.then(() => assert.fail('it was not refused'), (e) => e)
  return { http: err.response.status, ...(await err.response.json()).error }
}

describe('messages', () => {
  const kinds = {
    text: { body: 'Hello', preview_url: true },
    image: { link, caption: 'one' },
    video: { link, caption: 'two' },
    audio: { link },
    document: { link, caption: 'three', filename: 'three.pdf' },
    sticker: { link },
    location: { latitude: '30.04', longitude: '31.23', name: 'Shop', address: 'Tahrir' },
    contacts: [{ name: { formatted_name: 'Omar Said', first_name: 'Omar' }, phones: [{ phone: '+201000000077', type: 'CELL' }] }],
  }
  for (const [type, object] of Object.entries(kinds)) test(type, () => send(type, object))

  const interactive = {
    button: { type: 'button', body: { text: 'Sure?' }, action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] } },
    list: { type: 'list', body: { text: 'Pick' }, action: { button: 'Show', sections: [{ title: 'All', rows: [{ id: '1', title: 'One' }] }] } },
    cta_url: { type: 'cta_url', body: { text: 'See' }, action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://shop.example' } } },
    product: { type: 'product', action: { catalog_id: '77', product_retailer_id: 'sku-1' } },
    product_list: {
      type: 'product_list',
      header: { type: 'text', text: 'Bread' },
      body: { text: 'Today' },
      action: { catalog_id: '77', sections: [{ title: 'Rye', product_items: [{ product_retailer_id: 'sku-1' }] }] },
    },
    flow: { type: 'flow', body: { text: 'Fill in' }, action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '991', flow_cta: 'Open' } } },
  }
  for (const [kind, object] of Object.entries(interactive)) test(`interactive ${kind}`, () => send('interactive', object))

  test('a reply, and a reaction and its removal', async () => {
    const message_id = await mona.writes(b.platform, { text: 'thanks' })
    await send('text', { body: 'welcome' }, { context: { message_id } })
    await send('reaction', { message_id, emoji: '👍' })
    await send('reaction', { message_id, emoji: '' })
  })

  test('a template', async () => {
    const answer = await send('template', {
      name: 'order_ready',
      language: { code: 'en_US', policy: 'deterministic' },
      components: [
        { type: 'header', parameters: [{ type: 'document', document: { link, filename: 'bill.pdf' } }] },
        { type: 'body', parameters: [{ type: 'text', text: 'Mona' }] },
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'late' }] },
      ],
    })
    assert.equal(answer.messages[0].message_status, 'accepted')
  })

  test('read, with the typing indicator', async () => {
    const message_id = await mona.writes(b.platform, { text: 'anybody?' })
    const receipt = { phoneNumberID: b.platform.id, message_id, status: 'read', typing_indicator: { type: 'text' } }
    assert.deepEqual(await sdk.message.createStatus(receipt).json(), { success: true })
  })

  test('what is wrong is said with its code and what is wrong', async () => {
    const err = await refused(sdk.message.createMessage({ phoneNumberID: b.platform.id, to: mona.digits, type: 'text', text: { body: 'x'.repeat(4097) } }))
    assert.equal(err.http, 400)
    assert.equal(err.code, 100)
    assert.match(err.message, /4096/)
    assert.equal((await refused(connect('nonsense').message.createMessage({ phoneNumberID: b.platform.id, to: mona.digits, type: 'text', text: { body: 'x' } }))).code, 190)
  })
})

describe('numbers and accounts', () => {
  test('one number, with the fields that are asked for', async () => {
    const fields = ['id', 'display_phone_number', 'verified_name', 'quality_rating', 'platform_type', 'is_on_biz_app', 'throughput', 'status']
    const n = await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: b.number.id, fields }).json()
    assert.deepEqual(Object.keys(n).sort(), [...fields].sort())
    assert.equal(n.id, b.number.id)
    assert.equal(n.verified_name, 'Great Detail')
    assert.equal(n.platform_type, 'CLOUD_API')
    assert.equal(n.is_on_biz_app, true)
    assert.deepEqual(n.throughput, { level: 'STANDARD' })
  })

  test('all numbers of the account', async () => {
    const { data } = await sdk.phoneNumbers.listPhoneNumbers({ businessAccountID: b.waba.id, fields: ['id', 'verified_name'] }).json()
    assert.deepEqual(data.map((n) => n.id).sort(), [b.number.id, b.platform.id].sort())
  })

  test('the account itself', async () => {
    const { id, name, currency } = await sdk.whatsappBusinessAccount.get(b.waba.id, { fields: ['id', 'name', 'currency'] }).json()
    assert.deepEqual({ id, name, currency }, { id: b.waba.id, name: 'Great Detail', currency: 'USD' })
  })

  test("another business's objects are out of reach", async () => {
    const other = await business('Somebody else')
    assert.equal((await refused(sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: other.number.id }))).http, 403)
  })
})

describe('webhooks', () => {
  test('the handshake, when a callback is set', async () => {
    const { success } = await sdk.subscribedApps
      .createSubscription({ businessAccountID: b.waba.id, override_callback_uri: hook.url, verify_token: 'verify me' })
      .json()
    assert.equal(success, true)
    const { data } = await sdk.subscribedApps.listSubscriptions({ businessAccountID: b.waba.id }).json()
    assert.equal(data[0].whatsapp_business_api_data.id, b.app.id)
    assert.equal(data[0].override_callback_uri, hook.url)
    const wrong = { businessAccountID: b.waba.id, override_callback_uri: hook.url, verify_token: 'another' }
    assert.equal((await refused(sdk.subscribedApps.createSubscription(wrong))).code, 100)
  })

  for (const type of ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'order', 'interactive']) {
    test(`incoming ${type}`, async () => {
      const id = await mona.writes(b.number, { type, text: 'سلام' })
      const { waba, field, value } = await hook.until(type, (c) => c.value.messages?.some((m) => m.id === id))
      assert.equal(waba, b.waba.id)
      assert.equal(field, 'messages')
      assert.equal(value.messaging_product, 'whatsapp')
      assert.deepEqual(value.metadata, { display_phone_number: b.number.digits, phone_number_id: b.number.id })
      assert.equal(value.contacts[0].wa_id, mona.digits)
      assert.equal(value.messages[0].type, type)
      assert.ok(value.messages[0][type])
      assert.match(value.messages[0].timestamp, /^\d{10}$/)
    })
  }

  test('statuses', async () => {
    const { messages } = await send('text', { body: 'read me' }, { biz_opaque_callback_data: 'row-7' })
    for (const status of ['sent', 'delivered', 'read']) {
      if (status === 'read') await mona.act('read', { number: b.platform.id })
      const { value } = await hook.until(status, (c) => c.value.statuses?.some((s) => s.id === messages[0].id && s.status === status))
      assert.equal(value.statuses[0].recipient_id, mona.digits)
      assert.equal(value.statuses[0].biz_opaque_callback_data, 'row-7')
    }
  })

  test('an echo, and a change in the address book', async () => {
    const { wamid } = await ask('POST', `numbers/${b.number.id}/phone/send`, { to: mona.id, text: 'from the counter' })
    const echo = await hook.until('the echo', (c) => c.value.message_echoes?.some((m) => m.id === wamid))
    assert.equal(echo.field, 'smb_message_echoes')
    await ask('POST', `numbers/${b.number.id}/phone/contact`, { name: 'Omar', digits: '201000000077' })
    const change = await hook.until('the contact', (c) => c.field === 'smb_app_state_sync' && JSON.stringify(c.value).includes('Omar'))
    assert.equal(change.value.state_sync[0].action, 'add')
  })

  test('an account update', async () => {
    await ask('POST', `numbers/${b.number.id}/phone/disconnect`, {})
    const { value } = await hook.until('account_update', (c) => c.field === 'account_update')
    assert.equal(value.event, 'PARTNER_REMOVED')
  })
})

describe('media', () => {
  for (const [sample, type] of Object.entries({ photo: 'image', film: 'video', 'voice note': 'audio', paper: 'document', sticker: 'sticker' })) {
    test(`${type}: uploaded, sent, loaded, deleted`, async () => {
      const { bytes, type: mimeType } = await file(sample)
      const { id } = await sdk.media.upload({ phoneNumberID: b.platform.id, file: new Blob([bytes], { type: mimeType }), filename: 'a file', mimeType }).json()
      await send(type, { id })
      const node = await sdk.media.getURL({ mediaID: id, phoneNumberID: b.platform.id }).json()
      assert.deepEqual({ ...node, url: '', sha256: '' }, { messaging_product: 'whatsapp', url: '', mime_type: mimeType, sha256: '', file_size: String(bytes.length), id })
      const answer = await sdk.media.download({ mediaURL: node.url, request: { headers: { Authorization: `Bearer ${b.token}` } } })
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
      assert.deepEqual(await sdk.media.delete({ mediaID: id, phoneNumberID: b.platform.id }).json(), { success: true })
      assert.equal((await refused(sdk.media.getURL({ mediaID: id }))).code, 100)
    })
  }
})
