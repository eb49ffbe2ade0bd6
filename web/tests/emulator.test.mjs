import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { emulator, house, launch, patience } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the emulator's screens say, as far as a newcomer looks for it here. */
const words = {
  en: {
    dir: 'ltr', phone: 'The phone', customers: 'Customers', control: 'Control room', chats: 'Chats', number: 'Number', write: 'Write a message', send: 'Send', settings: 'Settings',
    newChat: 'New chat', to: 'Phone number with country code', message: 'Message', writeAs: (name) => `Write as ${name}`, customer: (name) => `Customer ${name}`, back: 'Back', platform: /Account → Business Platform/,
    disconnect: 'Disconnect account', again: 'Connect again', jump: '+14 days', now: 'Now', connected: 'Connected: messages flow between the phone and the platform', alone: 'Disconnected: the phone works alone',
    button: 'The owner disconnected it in the app.', silent: 'Nobody opened the app on the phone for 14 days, so Meta disconnected the number.', choose: 'Choose a customer', find: 'Name or number', other: 'العربية', tabs: ['Now', 'Trouble', 'Books', 'World'], pages: ['Chats', 'Groups', 'Calls', 'Contacts', 'Settings'],
    windows: 'Cannot be linked while connected: its messages would not reach the platform. Use WhatsApp Web.', reset: 'Begin anew', cancel: 'Cancel',
  },
  ar: {
    dir: 'rtl', phone: 'الهاتف', customers: 'العملاء', control: 'غرفة التحكم', chats: 'المحادثات', number: 'الرقم', write: 'اكتب رسالة', send: 'إرسال', settings: 'الإعدادات',
    newChat: 'محادثة جديدة', to: 'رقم الهاتف مع رمز الدولة', message: 'الرسالة', writeAs: (name) => `اكتب بصفتك ${name}`, customer: (name) => `العميل ${name}`, back: 'رجوع', platform: /الحساب ← منصة الأعمال/,
    disconnect: 'فصل الحساب', again: 'ربط من جديد', jump: '+ 14 يوماً', now: 'الآن', connected: 'متصل: تنتقل الرسائل بين الهاتف والمنصة', alone: 'غير متصل: الهاتف يعمل وحده',
    button: 'فصله صاحب العمل من التطبيق.', silent: 'لم يفتح أحد التطبيق على الهاتف مدة 14 يوماً ففصلت ميتا الرقم.', choose: 'اختيار عميل', find: 'الاسم أو الرقم', other: 'English', tabs: ['الآن', 'المتاعب', 'السجلات', 'العالم'], pages: ['المحادثات', 'المجموعات', 'المكالمات', 'جهات الاتصال', 'الإعدادات'],
    windows: 'لا يمكن ربطه أثناء الاتصال بالمنصة: لن تصل رسائله إليها. استخدم واتساب ويب.', reset: 'البدء من جديد', cancel: 'إلغاء',
  },
}

/** plain takes away the marks that give a value its own direction. */
const plain = (s) => s.replace(/[\u2066-\u2069]/g, '')

/** A business and a customer whom nobody else talks to, so that the sample's chatter does not keep the phone alive. */
async function ownWorld(lang) {
  const tail = String(Math.floor(Math.random() * 1e7)).padStart(7, '0')
  const number = await emulator('POST', 'numbers', { verified_name: `Shop ${lang} ${tail}`, digits: `96655${tail}` })
  const customer = await emulator('POST', 'customers', { name: `Huda ${tail}`, digits: `96656${tail}` })
  return { number, customer }
}

async function open(browser, lang, { theme = 'light', viewport = { width: 1440, height: 900 }, ui = {} } = {}) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience)
  await context.addInitScript(([l, u]) => {
    if (localStorage.getItem('metaemu.ui')) return
    localStorage.setItem('metaemu.language', l)
    localStorage.setItem('metaemu.ui', JSON.stringify(u))
  }, [lang, { theme, ...ui }])
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (err) => errors.push(err.message))
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
  await page.goto(house.emulator)
  await page.getByRole('heading', { level: 2, name: words[lang].phone }).or(page.getByRole('navigation', { name: /./ })).first().waitFor()
  return { context, page, errors }
}

async function violations(page) {
  await page.evaluate(axe)
  const out = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return out.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')})`)
}

const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

describe("the emulator's screens", () => {
  let browser, live
  before(async () => {
    browser = await launch()
    live = (await emulator('GET', 'state')).numbers.filter((n) => n.stage === 'live' && n.coexistence)
  })
  // The jumps of the clock may have disconnected the sample's number, which other tests need.
  after(async () => {
    const { numbers } = await emulator('GET', 'state')
    for (const n of live) if (numbers.find((x) => x.id === n.id)?.stage === 'disconnected') await emulator('POST', `numbers/${n.id}/phone/link`, {})
    await browser?.close()
  })

  for (const lang of ['en', 'ar']) {
    test(`a newcomer lives through Coexistence by what the screen says (${lang})`, async () => {
      const { number, customer } = await ownWorld(lang)
      const w = words[lang]
      const { context, page, errors } = await open(browser, lang)
      let actions = 0
      const does = async (deed) => {
        actions++
        await deed
      }
      const phone = page.getByRole('region', { name: w.phone })
      const control = page.getByRole('region', { name: w.control })
      const dialog = page.getByRole('dialog')
      const card = control.getByRole('region', { name: number.verified_name })
      assert.equal(await page.evaluate(() => document.documentElement.dir), w.dir)

      await does(page.getByLabel(w.number, { exact: true }).selectOption({ label: `${number.verified_name} \u2066${number.display_phone_number}\u2069` }))
      await does(phone.getByRole('button', { name: w.newChat }).first().click())
      await does(dialog.getByLabel(w.to).fill('+' + customer.digits))
      await does(dialog.getByLabel(w.message).fill('أهلاً 1 hello'))
      await does(dialog.getByRole('button', { name: w.send }).click())
      await does(phone.getByRole('button', { name: customer.name }).click())
      await phone.getByRole('log').getByText('أهلاً 1 hello').waitFor()

      // The customer came beside the phone by that, and answers.
      const side = page.getByRole('article').filter({ hasText: customer.name })
      await side.getByText('أهلاً 1 hello').waitFor()
      await does(side.getByRole('textbox').fill('Thanks, شكراً'))
      await does(side.getByRole('button', { name: w.send }).click())
      await phone.getByRole('log').getByText('Thanks, شكراً').waitFor()
      await does(phone.getByLabel(w.write).fill('See you'))
      await does(page.keyboard.press('Enter'))
      await side.getByText('See you').waitFor()

      await does(phone.getByRole('button', { name: w.back }).click())
      await does(phone.getByRole('button', { name: w.settings }).click())
      await does(phone.getByRole('button', { name: w.platform }).click())
      await does(phone.getByRole('button', { name: w.disconnect }).click())
      await does(dialog.getByRole('button', { name: w.disconnect }).click())
      await phone.getByText(w.alone).waitFor()
      await card.getByText(w.button).waitFor()

      await does(phone.getByRole('button', { name: w.again }).click())
      await phone.getByText(w.connected).waitFor()
      await card.getByText(w.connected).waitFor()

      await does(page.getByRole('button', { name: w.jump, exact: true }).click())
      await card.getByText(w.silent).waitFor()
      await phone.getByText(w.alone).waitFor()
      assert.ok(actions <= 25, `${actions} actions, want at most 25`)
      assert.deepEqual(errors, [])
      await context.close()
    })

    test(`everybody can use every part of it (${lang})`, async () => {
      const { number, customer } = await ownWorld(lang)
      await emulator('POST', `customers/${customer.id}/send`, { number: number.id, text: 'https://shop.example/a ثم 17:00' })
      await emulator('POST', `numbers/${number.id}/phone/link-device`, { kind: 'web' })
      const w = words[lang]
      for (const theme of ['light', 'dark']) {
        const { context, page, errors } = await open(browser, lang, { theme, ui: { number: number.id, people: [customer.id] } })
        const phone = page.getByRole('region', { name: w.phone })
        await phone.getByRole('button', { name: customer.name }).waitFor()
        for (const name of w.pages) {
          await phone.getByRole('navigation').getByRole('button', { name }).click()
          await phone.getByRole('heading', { level: 3, name }).waitFor()
          assert.deepEqual(await violations(page), [], `phone: ${name}, ${theme}`)
        }
        await phone.getByText(w.windows).first().waitFor()
        for (const name of w.tabs) {
          await page.getByRole('tab', { name }).click()
          await page.getByRole('tabpanel', { name }).waitFor()
          assert.deepEqual(await violations(page), [], `control room: ${name}, ${theme}`)
        }
        await phone.getByRole('navigation').getByRole('button', { name: w.chats }).click()
        await phone.getByRole('button', { name: customer.name }).click()
        await phone.getByRole('log').getByText('shop.example').waitFor()
        assert.deepEqual(await violations(page), [], `a chat, ${theme}`)
        await page.getByRole('button', { name: w.reset }).click()
        await page.getByRole('dialog').waitFor()
        assert.deepEqual(await violations(page), [], `a dialog, ${theme}`)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
        assert.deepEqual(errors, [])
        await context.close()
      }
    })

    test(`a phone's width shows one place at a time and never scrolls sideways (${lang})`, async () => {
      const { number, customer } = await ownWorld(lang)
      await emulator('POST', `customers/${customer.id}/send`, { number: number.id, text: 'x'.repeat(200) })
      const w = words[lang]
      const { context, page, errors } = await open(browser, lang, { viewport: { width: 390, height: 844 }, ui: { number: number.id, people: [customer.id] } })
      for (const [name, seen] of [[w.phone, customer.name], [w.customers, customer.name], [w.control, number.verified_name]]) {
        await page.getByRole('button', { name, exact: true }).click()
        await page.getByRole('region', { name, exact: true }).getByText(seen).first().waitFor()
        assert.equal(await wide(page), 0, name)
        assert.deepEqual(await violations(page), [], name)
      }
      for (const name of w.tabs) {
        await page.getByRole('tab', { name }).click()
        await page.getByRole('tabpanel', { name }).waitFor()
        assert.equal(await wide(page), 0, name)
      }
      assert.deepEqual(errors, [])
      await context.close()
    })
  }

  test('language and place are kept over a reload, and a half-written line too', async () => {
    const { number, customer } = await ownWorld('en')
    await emulator('POST', `customers/${customer.id}/send`, { number: number.id, text: 'Hello' })
    const { context, page } = await open(browser, 'en', { ui: { number: number.id } })
    await page.getByRole('region', { name: words.en.phone }).getByRole('button', { name: customer.name }).click()
    await page.getByLabel(words.en.write).fill('not yet')
    await page.getByRole('button', { name: words.en.other }).click()
    await page.getByRole('button', { name: words.ar.other }).waitFor()
    await page.reload()
    assert.equal(await page.getByLabel(words.ar.write).inputValue(), 'not yet')
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl')
    await context.close()
  })

  test("what the emulator refuses is shown in its own words, and the customer's buttons can be pressed", async () => {
    const { number, customer } = await ownWorld('en')
    await emulator('POST', `customers/${customer.id}/send`, { number: number.id, text: 'Hello' })
    const buttons = { type: 'button', body: { text: 'Deliver?' }, action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes please' } }] } }
    const answer = await fetch(`${house.emulator}/v23.0/${number.id}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${number.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: customer.digits, type: 'interactive', interactive: buttons }),
    })
    assert.equal(answer.status, 200)
    const { context, page } = await open(browser, 'en', { ui: { number: number.id, people: [customer.id] } })
    const side = page.getByRole('article').filter({ hasText: customer.name })
    await side.getByRole('button', { name: 'Yes please' }).click()
    await page.getByRole('region', { name: words.en.phone }).getByText(/Yes please/).first().waitFor()
    await page.getByText('Another span').click()
    await page.getByLabel('Such as 90m, 36h or 20d').fill('tomorrow')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText(/advance/).waitFor()
    assert.equal(plain(await page.getByRole('alert').innerText()).includes('That did not work'), true)
    await context.close()
  })
})
