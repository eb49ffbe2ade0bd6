// @kapso/whatsapp-cloud-api: pointed at the emulator by its option baseUrl.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { buildTemplatePayload, buildTemplateSendPayload, GraphApiError, isBusinessScopedUserId, TemplateDefinition, WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server'
import { ask, assertArrived, assertNoBreach, business, emulator, file, listen, person } from './support/meta.mjs'

const picture = 'https://pictures.example/one.jpg'
const templates = [
  { name: 'order_ready', language: 'en_US', category: 'utility' },
  { name: 'summer', language: 'en_US', category: 'marketing' },
]

let b, client, hook, mona
before(async () => {
  hook = await listen({
    check(rawBody, headers) {
      const signatureHeader = headers['x-hub-signature-256']
      assert.ok(verifySignature({ appSecret: b.app.secret, rawBody, signatureHeader }), 'the signature')
      assert.ok(!verifySignature({ appSecret: 'another', rawBody, signatureHeader }), 'the signature of another app')
      return normalizeWebhook(JSON.parse(rawBody))
    },
  })
  b = await business('Kapso', { callback: hook.url, templates })
  client = new WhatsAppClient({ accessToken: b.token, baseUrl: emulator, graphVersion: 'v25.0' })
  mona = await person('Mona')
  await mona.writes(b.platform, { text: 'hello' })
})
after(async () => {
  await assertNoBreach(b.platform, b.number)
  hook.close()
})

/** sent checks the answer of a send and what it left in the books. */
async function sent(answer, type, to = mona) {
  assert.equal(answer.messagingProduct, 'whatsapp')
  assert.equal(answer.contacts[0].waId, to.digits)
  assert.match(answer.messages[0].id, /^wamid\./)
  await assertArrived(b.platform, answer.messages[0].id, type)
  return answer.messages[0].id
}

const to = () => ({ phoneNumberId: b.platform.id, to: `+${mona.digits}` })

describe('free-form messages', () => {
  const media = {
    sendImage: ['image', { caption: 'one' }],
    sendVideo: ['video', { caption: 'two' }],
    sendAudio: ['audio', { voice: true }],
    sendDocument: ['document', { caption: 'three', filename: 'three.pdf' }],
    sendSticker: ['sticker', {}],
  }
  for (const [method, [type, more]] of Object.entries(media)) {
    test(`${type} by link`, async () => {
      await sent(await client.messages[method]({ ...to(), [type]: { link: `https://pictures.example/${type}`, ...more } }), type)
    })
  }

  test('text, with preview and tracking', async () => {
    const id = await sent(await client.messages.sendText({ ...to(), body: 'مرحبا https://shop.example', previewUrl: true, bizOpaqueCallbackData: 'row-4' }), 'text')
    const delivered = await hook.until('delivered', (h) => h.statuses.some((s) => s.id === id && s.status === 'delivered'))
    const status = delivered.statuses.find((s) => s.id === id)
    assert.equal(status.recipientId, mona.digits)
    assert.ok(isBusinessScopedUserId(status.recipientUserId))
    assert.equal(status.bizOpaqueCallbackData, 'row-4')
  })

  test('text as a reply', async () => {
    const question = await mona.writes(b.platform, { text: 'open on Friday?' })
    await sent(await client.messages.sendText({ ...to(), body: 'yes', contextMessageId: question }), 'text')
  })

  test('text to a business-scoped user id', async () => {
    await mona.writes(b.platform, { text: 'who am I?' })
    const heard = await hook.until('who am I?', (h) => h.messages.some((m) => m.text?.body === 'who am I?'))
    const answer = await client.messages.sendText({ phoneNumberId: b.platform.id, recipient: heard.messages[0].fromUserId, body: 'you' })
    assert.equal(answer.contacts[0].userId, heard.messages[0].fromUserId)
    assert.equal(answer.contacts[0].waId, undefined)
  })

  test('location', async () => {
    await sent(await client.messages.sendLocation({ ...to(), location: { latitude: 30.04, longitude: 31.23, name: 'Shop', address: 'Tahrir' } }), 'location')
  })

  test('contacts', async () => {
    await sent(
      await client.messages.sendContacts({
        ...to(),
        contacts: [
          {
            name: { formattedName: 'Omar Said', firstName: 'Omar', lastName: 'Said' },
            birthday: '1990-02-03',
            phones: [{ phone: '+201000000077', type: 'WORK', waId: '201000000077' }],
            emails: [{ email: 'omar@shop.example', type: 'WORK' }],
            urls: [{ url: 'https://shop.example', type: 'WORK' }],
            addresses: [{ street: '1 Tahrir', city: 'Cairo', country: 'Egypt', countryCode: 'eg', type: 'WORK' }],
            org: { company: 'Shop', department: 'Sales', title: 'Head' },
          },
        ],
      }),
      'contacts',
    )
  })

  test('reaction, and its removal', async () => {
    const messageId = await mona.writes(b.platform, { text: 'thanks' })
    await sent(await client.messages.sendReaction({ ...to(), reaction: { messageId, emoji: '👍' } }), 'reaction')
    await sent(await client.messages.sendReaction({ ...to(), reaction: { messageId, emoji: '' } }), 'reaction')
  })

  test('a raw payload', async () => {
    const payload = { messaging_product: 'whatsapp', recipient_type: 'individual', to: mona.digits, type: 'text', text: { body: 'raw' } }
    await sent(await client.messages.sendRaw({ phoneNumberId: b.platform.id, payload }), 'text')
  })

  test('read, with the typing indicator', async () => {
    const messageId = await mona.writes(b.platform, { text: 'anybody?' })
    assert.deepEqual(await client.messages.markRead({ phoneNumberId: b.platform.id, messageId, typingIndicator: { type: 'text' } }), { success: true })
  })
})

describe('interactive messages', () => {
  const buttons = [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ]
  const kinds = {
    'buttons with a text header': ['sendInteractiveButtons', { header: { type: 'text', text: 'Visit' }, bodyText: 'Tomorrow?', footerText: 'Shop', buttons }],
    'buttons with a picture': ['sendInteractiveButtons', { header: { type: 'image', image: { link: picture } }, bodyText: 'Tomorrow?', buttons }],
    'buttons with a document': ['sendInteractiveButtons', { header: { type: 'document', document: { link: 'https://pictures.example/a.pdf' } }, bodyText: 'Agree?', buttons }],
    list: [
      'sendInteractiveList',
      {
        header: { type: 'text', text: 'Branches' },
        bodyText: 'Pick one',
        footerText: 'Shop',
        buttonText: 'Show',
        sections: [
          { title: 'Riyadh', rows: [{ id: 'b1', title: 'Olaya', description: 'till ten' }] },
          { title: 'Jeddah', rows: [{ id: 'b2', title: 'Rawdah' }] },
        ],
      },
    ],
    product: ['sendInteractiveProduct', { bodyText: 'This?', footerText: 'Shop', catalogId: '77', productRetailerId: 'sku-1' }],
    'product list': [
      'sendInteractiveProductList',
      { header: { type: 'text', text: 'Bread' }, bodyText: 'Today', catalogId: '77', sections: [{ title: 'Rye', productItems: [{ productRetailerId: 'sku-1' }, { productRetailerId: 'sku-2' }] }] },
    ],
    catalogue: ['sendInteractiveCatalogMessage', { bodyText: 'All of it', parameters: { thumbnailProductRetailerId: 'sku-1' } }],
    'link button': ['sendInteractiveCtaUrl', { header: { type: 'image', image: { link: picture } }, bodyText: 'See', footerText: 'Shop', parameters: { displayText: 'Dates', url: 'https://shop.example' } }],
    flow: [
      'sendInteractiveFlow',
      { header: { type: 'text', text: 'Form' }, bodyText: 'Fill in', parameters: { flowId: '991', flowCta: 'Open', flowToken: 't', flowAction: 'navigate', flowActionPayload: { screen: 'ONE', data: { a: 1 } } } },
    ],
    'flow in draft': ['sendInteractiveFlow', { bodyText: 'Fill in', parameters: { flowId: '991', flowCta: 'Open', mode: 'draft', flowAction: 'data_exchange' } }],
    address: ['sendInteractiveAddress', { bodyText: 'Where to?', parameters: { country: 'IN', values: { city: 'Pune' }, savedAddresses: [{ id: 'home', value: { city: 'Pune' } }] } }],
    'location request': ['sendInteractiveLocationRequest', { bodyText: 'Where are you?', parameters: { requestMessage: 'Where are you?' } }],
    'request to call': ['sendInteractiveCallPermission', { bodyText: 'May we call?', parameters: { phoneNumber: '+201000000009' } }],
    'carousel of links': [
      'sendInteractiveCarousel',
      {
        bodyText: 'Choose',
        cards: [0, 1].map((cardIndex) => ({
          cardIndex,
          header: { type: 'image', image: { link: picture } },
          bodyText: `Card ${cardIndex}`,
          action: { type: 'cta_url', displayText: 'View', url: 'https://shop.example' },
        })),
      },
    ],
    raw: ['sendInteractiveRaw', { interactive: { type: 'button', body: { text: 'raw' }, action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] } } }],
  }
  for (const [kind, [method, more]] of Object.entries(kinds)) {
    test(kind, async () => {
      await sent(await client.messages[method]({ ...to(), ...more }), 'interactive')
    })
  }

  test('the button that is pressed comes back', async () => {
    const id = await sent(await client.messages.sendInteractiveButtons({ ...to(), bodyText: 'Sure?', buttons }), 'interactive')
    await hook.until('delivered', (h) => h.statuses.some((s) => s.id === id && s.status === 'delivered'))
    await ask('POST', `customers/${mona.id}/reply`, { wamid: id, reply: { choice: 'yes' } })
    const { messages } = await hook.until('the answer', (h) => h.messages.some((m) => m.context?.id === id))
    assert.deepEqual(messages[0].interactive, { type: 'button_reply', buttonReply: buttons[0] })
  })
})

describe('templates', () => {
  test('built from Meta-style components', async () => {
    const template = buildTemplatePayload({
      name: 'order_ready',
      language: { code: 'en_US', policy: 'deterministic' },
      components: [
        { type: 'HEADER', parameters: [{ type: 'image', image: { link: picture } }] },
        {
          type: 'BODY',
          parameters: [
            { type: 'text', text: 'Mona' },
            { type: 'currency', currency: { fallback_value: '$10', code: 'USD', amount_1000: 10000 } },
            { type: 'date_time', date_time: { fallback_value: '1 Dec' } },
          ],
        },
        { type: 'BUTTON', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'late' }] },
        { type: 'BUTTON', sub_type: 'url', index: 1, parameters: [{ type: 'text', text: 'A-99' }] },
        { type: 'BUTTON', sub_type: 'catalog', index: 2 },
      ],
    })
    const answer = await client.messages.sendTemplate({ ...to(), template })
    assert.equal(answer.messages[0].messageStatus, 'accepted')
    await sent(answer, 'template')
  })

  test('built by the typed builder, with every button it knows', async () => {
    const template = buildTemplateSendPayload({
      name: 'summer',
      language: 'en_US',
      header: { type: 'location', location: { latitude: 30, longitude: 31, name: 'Shop', address: 'Tahrir' } },
      body: [{ type: 'text', text: 'Mona', parameterName: 'customer' }],
      buttons: [
        { type: 'button', subType: 'copy_code', index: 0, parameters: [{ type: 'coupon_code', coupon_code: 'SAVE25' }] },
        { type: 'button', subType: 'flow', index: 1, parameters: [{ type: 'action', action: { flow_token: 't', flow_action_data: { a: 1 } } }] },
        { type: 'button', subType: 'phone_number', index: 2 },
      ],
    })
    await sent(await client.messages.sendTemplate({ ...to(), template }), 'template')
  })

  test('a carousel', async () => {
    const card = (cardIndex) => ({
      card_index: cardIndex,
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { link: picture } }] },
        { type: 'body', parameters: [{ type: 'text', text: 'one' }] },
        { type: 'button', sub_type: 'quick_reply', index: 0, parameters: [{ type: 'payload', payload: `c${cardIndex}` }] },
      ],
    })
    const template = buildTemplatePayload({ name: 'summer', language: 'en_US', components: [{ type: 'carousel', cards: [card(0), card(1)] }] })
    await sent(await client.messages.sendTemplate({ ...to(), template }), 'template')
  })

  test('one that does not exist is a template error', async () => {
    const err = await client.messages.sendTemplate({ ...to(), template: { name: 'nobody', language: { code: 'en_US' } } }).catch((e) => e)
    assert.ok(err instanceof GraphApiError)
    assert.equal(err.code, 132001)
    assert.ok(err.isTemplateError())
  })
})

describe('templates made, listed and deleted by the client', () => {
  const businessAccountId = () => b.waba.id
  // The sample of a header is a file that was uploaded; its handle takes this one's place.
  const sample = '4::aW1hZ2U='
  let handle
  before(async () => {
    const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
    const headers = { authorization: `OAuth ${b.token}`, file_offset: '0' }
    const begun = await fetch(`${emulator}/v25.0/${b.app.id}/uploads?file_name=a.png&file_length=${dot.length}&file_type=image/png`, { method: 'POST', headers })
    const { id } = await begun.json()
    handle = (await (await fetch(`${emulator}/v25.0/${id}`, { method: 'POST', headers, body: dot })).json()).h
    assert.match(handle, /^4::/)
  })
  const uploaded = (parts) => JSON.parse(JSON.stringify(parts).replaceAll(sample, handle))
  const card = (cardIndex) => ({
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: [sample] } },
      { type: 'BODY', text: `Number ${cardIndex}` },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'This one' }] },
    ],
  })
  const code = [{ type: 'text', text: '123456' }]
  const definitions = {
    every_part: {
      category: 'UTILITY',
      parameterFormat: 'NAMED',
      messageSendTtlSeconds: 3600,
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { headerHandle: [sample] } },
        { type: 'BODY', text: 'Hello {{customer}}, it is ready.', example: { bodyTextNamedParams: [{ paramName: 'customer', example: 'Mona' }] } },
        { type: 'FOOTER', text: 'Acme' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'URL', text: 'Follow', url: 'https://acme.example/{{1}}', example: ['https://acme.example/A-99'] },
            { type: 'PHONE_NUMBER', text: 'Call', phoneNumber: '+201000000009' },
            { type: 'QUICK_REPLY', text: 'Late' },
          ],
        },
      ],
      send: [
        { type: 'header', parameters: [{ type: 'image', image: { link: picture } }] },
        { type: 'body', parameters: [{ type: 'text', text: 'Mona', parameter_name: 'customer' }] },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'A-99' }] },
        { type: 'button', sub_type: 'quick_reply', index: 2, parameters: [{ type: 'payload', payload: 'late' }] },
      ],
    },
    location: {
      category: 'UTILITY',
      components: [{ type: 'HEADER', format: 'LOCATION' }, { type: 'BODY', text: 'Here we are' }],
      send: [{ type: 'header', parameters: [{ type: 'location', location: { latitude: 30, longitude: 31, name: 'Shop', address: 'Tahrir' } }] }],
    },
    coupon: {
      category: 'MARKETING',
      components: [
        { type: 'BODY', text: 'Yours today' },
        { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE25' }] },
      ],
      send: [{ type: 'button', sub_type: 'copy_code', index: 0, parameters: [{ type: 'coupon_code', coupon_code: 'SAVE25' }] }],
    },
    flow: {
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Book a table' }, { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'Book', flowId: '991', flowAction: 'navigate', navigateScreen: 'ONE' }] }],
      send: [{ type: 'button', sub_type: 'flow', index: 0, parameters: [{ type: 'action', action: { flow_token: 't', flow_action_data: { a: 1 } } }] }],
    },
    catalogue: {
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'All our bread' }, { type: 'BUTTONS', buttons: [{ type: 'CATALOG', text: 'Look' }] }],
      send: [{ type: 'button', sub_type: 'catalog', index: 0, parameters: [{ type: 'action', action: { thumbnail_product_retailer_id: 'rye' } }] }],
    },
    one_time: {
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', addSecurityRecommendation: true },
        { type: 'FOOTER', codeExpirationMinutes: 10 },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otpType: 'COPY_CODE' }] },
      ],
      send: [
        { type: 'body', parameters: code },
        { type: 'button', sub_type: 'url', index: '0', parameters: code },
      ],
    },
  }

  const made = {}
  for (const [name, { send: _, ...definition }] of Object.entries(definitions)) {
    test(`create ${name}`, async () => {
      const answer = await client.templates.create({ businessAccountId: businessAccountId(), ...TemplateDefinition.buildTemplateDefinition({ name, language: 'en_US', ...uploaded(definition) }) })
      assert.equal(answer.status, 'PENDING')
      assert.equal(answer.category, definition.category)
      made[name] = answer.id
    })
  }

  test('create a carousel as Meta writes it', async () => {
    const components = uploaded([{ type: 'BODY', text: 'Choose one' }, { type: 'CAROUSEL', cards: [card(0), card(1)] }])
    const answer = await client.templates.create({ businessAccountId: businessAccountId(), name: 'cards', language: 'en_US', category: 'MARKETING', components })
    assert.equal(answer.status, 'PENDING')
  })

  test('a bad one is refused in words for people', async () => {
    const err = await client.templates
      .create({ businessAccountId: businessAccountId(), name: 'bad', language: 'en_US', category: 'UTILITY', components: [{ type: 'BODY', text: '{{1}} first' }] })
      .catch((e) => e)
    assert.ok(err instanceof GraphApiError)
    assert.equal(err.code, 100)
    assert.equal(err.errorSubcode, 2388299)
  })

  test('they are approved after a while, and listed by filter and page', async () => {
    await ask('POST', 'clock', { advance: '6m' })
    const { data } = await client.templates.list({ businessAccountId: businessAccountId(), category: 'AUTHENTICATION' })
    assert.deepEqual(data.map((t) => [t.name, t.status, t.language]), [['one_time', 'APPROVED', 'en_US']])
    const walked = []
    let after
    do {
      const page = await client.templates.list({ businessAccountId: businessAccountId(), limit: 3, after })
      walked.push(...page.data.map((t) => t.name))
      after = page.paging.next ? page.paging.cursors.after : undefined
    } while (after)
    assert.deepEqual(walked, ['order_ready', 'summer', ...Object.keys(definitions), 'cards'])
  })

  test('one of them, which its get asks for at a path that Meta does not name', async () => {
    const t = await client.request('GET', made.every_part, { query: { fields: 'name,status,components' }, responseType: 'json' })
    assert.equal(t.name, 'every_part')
    assert.equal(t.status, 'APPROVED')
    assert.equal(t.components.length, 4)
    const err = await client.templates.get({ businessAccountId: businessAccountId(), templateId: made.every_part }).catch((e) => e)
    assert.equal(err.code, 100)
  })

  for (const [name, { send: components }] of Object.entries(definitions)) {
    test(`send ${name}`, async () => {
      const template = buildTemplatePayload({ name, language: 'en_US', components })
      await sent(await client.messages.sendTemplate({ ...to(), template }), 'template')
    })
  }

  test('send the carousel', async () => {
    const cards = [0, 1].map((cardIndex) => ({
      card_index: cardIndex,
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { link: picture } }] },
        { type: 'button', sub_type: 'quick_reply', index: 0, parameters: [{ type: 'payload', payload: `c${cardIndex}` }] },
      ],
    }))
    const template = buildTemplatePayload({ name: 'cards', language: 'en_US', components: [{ type: 'carousel', cards }] })
    await sent(await client.messages.sendTemplate({ ...to(), template }), 'template')
  })

  test('what does not fit its template is refused by its code', async () => {
    const refused = async (name, components) => (await client.messages.sendTemplate({ ...to(), template: buildTemplatePayload({ name, language: 'en_US', components }) }).catch((e) => e)).code
    const [picturePart, ...others] = definitions.every_part.send
    assert.equal(await refused('every_part', [picturePart]), 132000)
    assert.equal(await refused('every_part', others), 132012)
    assert.equal(await refused('coupon', []), 131008)
  })

  test('delete one, whose name is then barred', async () => {
    assert.deepEqual(await client.templates.delete({ businessAccountId: businessAccountId(), name: 'location' }), { success: true })
    const err = await client.templates
      .create({ businessAccountId: businessAccountId(), name: 'location', language: 'en_US', category: 'UTILITY', components: [{ type: 'BODY', text: 'again' }] })
      .catch((e) => e)
    assert.equal(err.errorSubcode, 2388023)
  })
})

describe('errors', () => {
  test('a bad token', async () => {
    const stranger = new WhatsAppClient({ accessToken: 'nonsense', baseUrl: emulator, graphVersion: 'v25.0' })
    const err = await stranger.messages.sendText({ ...to(), body: 'x' }).catch((e) => e)
    assert.ok(err instanceof GraphApiError)
    assert.equal(err.code, 190)
    assert.equal(err.httpStatus, 401)
    assert.ok(err.isAuthError())
    assert.ok(err.requiresTokenRefresh())
  })

  test('a sentinel asks for throttling', async () => {
    const err = await client.messages.sendText({ ...to(), to: '+201000130429', body: 'x' }).catch((e) => e)
    assert.equal(err.code, 130429)
    assert.ok(err.isRateLimit())
  })
})

describe('phone numbers', () => {
  test('one on the platform alone is registered, one on a phone is already', async () => {
    assert.deepEqual(await client.phoneNumbers.register({ phoneNumberId: b.platform.id, pin: '123456' }), { success: true })
    const err = await client.phoneNumbers.register({ phoneNumberId: b.number.id, pin: '123456' }).catch((e) => e)
    assert.equal(err.code, 100)
    assert.equal(err.httpStatus, 422)
  })

  test('calls are not to be had on a number that lives on a phone', async () => {
    for (const call of [
      client.calls.connect({ phoneNumberId: b.number.id, to: mona.digits }),
      client.calls.permissions.get({ phoneNumberId: b.number.id, userWaId: mona.digits }),
    ]) {
      assert.match((await call.catch((e) => e)).message, /Calling is not available/)
    }
  })

  test('a number on a phone can be taken off by nobody but its owner', async () => {
    const err = await client.phoneNumbers.deregister({ phoneNumberId: b.number.id }).catch((e) => e)
    assert.equal(err.code, 100)
    assert.match(err.message, /Deregister endpoint is not available for API solution for SMB businesses/)
  })
})

describe('accounts', () => {
  test('the business profile', async () => {
    const { phoneNumbers } = client
    const profile = { about: 'Open', description: 'A shop', email: 'desk@shop.example', websites: ['https://shop.example'], vertical: 'RETAIL' }
    assert.deepEqual(await phoneNumbers.businessProfile.update({ phoneNumberId: b.platform.id, ...profile }), { success: true })
    const { data } = await phoneNumbers.businessProfile.get({ phoneNumberId: b.platform.id, fields: 'about,description,email,websites,vertical' })
    assert.deepEqual(data, [{ ...profile, messagingProduct: 'whatsapp' }])
    const err = await phoneNumbers.businessProfile.update({ phoneNumberId: b.platform.id, about: 'x'.repeat(140) }).catch((e) => e)
    assert.equal(err.code, 100)
  })

  test('settings', async () => {
    const { settings } = client.phoneNumbers
    const phoneNumberId = b.platform.id
    await settings.update({ phoneNumberId, calling: { status: 'ENABLED', callIconVisibility: 'DEFAULT' } })
    const told = await settings.get({ phoneNumberId })
    assert.equal(told.calling.status, 'ENABLED')
    assert.equal(told.calling.callIconVisibility, 'DEFAULT')
    assert.equal(told.storageConfiguration.status, 'DEFAULT')
    const err = await settings.update({ phoneNumberId: b.number.id, calling: { status: 'ENABLED' } }).catch((e) => e)
    assert.equal(err.code, 100)
  })

  test('a number without a phone is verified, taken off and put back', async () => {
    const { phoneNumbers } = client
    const { id: phoneNumberId } = await ask('POST', 'numbers', { waba_id: b.waba.id, coexistence: false })
    await phoneNumbers.requestCode({ phoneNumberId, codeMethod: 'SMS', language: 'en_US' })
    const { code } = await ask('GET', `numbers/${phoneNumberId}/code`)
    assert.deepEqual(await phoneNumbers.verifyCode({ phoneNumberId, code }), { success: true })
    assert.equal((await phoneNumbers.verifyCode({ phoneNumberId, code }).catch((e) => e)).httpStatus, 422)
    assert.deepEqual(await phoneNumbers.register({ phoneNumberId, pin: '123456' }), { success: true })
    assert.deepEqual(await phoneNumbers.deregister({ phoneNumberId }), { success: true })
    const err = await client.messages.sendText({ phoneNumberId, to: `+${mona.digits}`, body: 'x' }).catch((e) => e)
    assert.equal(err.code, 133010)
    assert.equal((await phoneNumbers.register({ phoneNumberId, pin: '654321' }).catch((e) => e)).code, 133005)
    assert.deepEqual(await phoneNumbers.register({ phoneNumberId, pin: '123456' }), { success: true })
  })
})

describe('webhooks', () => {
  const incoming = {
    text: { text: 'سلام' },
    image: { type: 'image', text: 'a picture' },
    video: { type: 'video', text: 'a film' },
    audio: { type: 'audio' },
    document: { type: 'document', text: 'a paper' },
    sticker: { type: 'sticker' },
    location: { type: 'location', text: 'Here' },
    contacts: { type: 'contacts', text: 'Omar' },
    button: { type: 'button', text: 'Late' },
    order: { type: 'order', text: 'two please' },
    interactive: { type: 'interactive', object: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t"}' } } },
  }
  for (const [type, content] of Object.entries(incoming)) {
    test(`incoming ${type}`, async () => {
      const id = await mona.writes(b.number, content)
      const heard = await hook.until(type, (h) => h.messages.some((m) => m.id === id))
      const message = heard.messages.find((m) => m.id === id)
      assert.equal(heard.object, 'whatsapp_business_account')
      assert.equal(heard.phoneNumberId, b.number.id)
      assert.equal(heard.contacts[0].profile.name, 'Mona')
      assert.equal(message.type, type)
      assert.equal(message.from, mona.digits)
      assert.ok(isBusinessScopedUserId(message.fromUserId))
      assert.equal(message.kapso.direction, 'inbound')
      assert.ok(message[type], `an object under ${type}`)
      if (type === 'text') assert.equal(message.text.body, 'سلام')
      if (type === 'interactive') assert.equal(message.kapso.flowToken, 't')
      if (type === 'order') assert.equal(message.kapso.orderText, 'two please')
    })
  }

  test('an edit, a deletion, a reaction and what is not supported', async () => {
    const wamid = await mona.writes(b.number, { text: 'before' })
    await mona.act('edit', { wamid, text: 'after' })
    await mona.act('react', { wamid, emoji: '😮' })
    await mona.act('revoke', { wamid })
    await mona.act('unsupported', { number: b.number.id, kind: 'poll' })
    const of = (type) => hook.until(type, (h) => h.messages.some((m) => m.type === type && h.phoneNumberId === b.number.id))
    assert.equal((await of('edit')).messages[0].edit.originalMessageId, wamid)
    assert.equal((await of('reaction')).messages[0].reaction.emoji, '😮')
    assert.equal((await of('revoke')).messages[0].revoke.originalMessageId, wamid)
    assert.equal((await of('unsupported')).messages[0].errors[0].code, 131051)
  })

  test('an echo from the phone is outbound', async () => {
    const { wamid } = await ask('POST', `numbers/${b.number.id}/phone/send`, { to: mona.id, text: 'from the counter' })
    const { messages } = await hook.until('the echo', (h) => h.messages.some((m) => m.id === wamid))
    assert.deepEqual(messages[0].kapso, { direction: 'outbound', source: 'smb_message_echo' })
    assert.equal(messages[0].to, mona.digits)
  })

  test('sent, delivered and read, with their price', async () => {
    const id = await sent(await client.messages.sendText({ ...to(), body: 'read me' }), 'text')
    const of = async (status) => (await hook.until(status, (h) => h.statuses.some((s) => s.id === id && s.status === status))).statuses.find((s) => s.id === id)
    assert.deepEqual((await of('sent')).pricing, { billable: false, pricingModel: 'PMP', type: 'free_customer_service', category: 'service' })
    await of('delivered')
    await mona.act('read', { number: b.platform.id })
    await of('read')
  })

  test('a failure tells its code', async () => {
    const answer = await client.messages.sendTemplate({ ...to(), to: '+201000131026', template: { name: 'order_ready', language: { code: 'en_US' } } })
    const { statuses } = await hook.until('failed', (h) => h.statuses.some((s) => s.id === answer.messages[0].id && s.status === 'failed'))
    assert.equal(statuses[0].errors[0].code, 131026)
  })

  test('an account update', async () => {
    await ask('POST', `numbers/${b.number.id}/phone/disconnect`, {})
    const heard = await hook.until('account_update', (h) => h.raw.accountUpdate)
    assert.equal(heard.raw.accountUpdate[0].event, 'PARTNER_REMOVED')
  })
})

describe('media', () => {
  for (const [sample, type] of Object.entries({ photo: 'image', film: 'video', 'voice note': 'audio', paper: 'document', sticker: 'sticker' })) {
    test(`${type}: uploaded, sent, loaded, deleted`, async () => {
      const { bytes, type: mime } = await file(sample)
      const { id } = await client.media.upload({ phoneNumberId: b.platform.id, type: mime, file: bytes, fileName: 'a file' })
      await sent(await client.messages[`send${type[0].toUpperCase()}${type.slice(1)}`]({ ...to(), [type]: { id } }), type)
      const node = await client.media.get({ mediaId: id, phoneNumberId: b.platform.id })
      assert.equal(node.mimeType ?? node.mime_type, mime)
      assert.deepEqual(Buffer.from(await client.media.download({ mediaId: id, auth: 'always' })), bytes)
      assert.deepEqual(await client.media.delete({ mediaId: id, phoneNumberId: b.platform.id }), { success: true })
      const gone = await client.media.get({ mediaId: id }).catch((e) => e)
      assert.equal(gone.code, 100)
    })
  }

  test('what a customer sends is loaded', async () => {
    const wamid = await mona.writes(b.platform, { type: 'image', text: 'mine' })
    const { messages } = await hook.until('the picture', (h) => h.messages.some((m) => m.id === wamid))
    const { bytes } = await file('image')
    assert.deepEqual(Buffer.from(await client.media.download({ mediaId: messages.find((m) => m.id === wamid).image.id, auth: 'always' })), bytes)
  })

  test('a type that is not carried', async () => {
    const err = await client.media.upload({ phoneNumberId: b.platform.id, type: 'image/gif', file: Buffer.from('GIF89a') }).catch((e) => e)
    assert.equal(err.code, 100)
    assert.match(err.message, /Param file must be a file with one of the following types/)
  })
})
