import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { bubble, house, launch, newCustomer, newPage, row, say, signIn, until } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const second = 1_000

const spoken = {
  en: {
    link: 'Import an exported chat', title: 'Import chats from the phone', label: 'Exported chat (.txt or .zip)', choose: 'Choose a file',
    look: 'What is in the file', order: 'Day first', contact: 'The customer’s phone number', again: 'Look again',
    wrong: 'This file is no exported chat, or cannot be read.', empty: 'This file is empty.', kind: 'An exported chat is a .txt or .zip file.',
    missing: 'Answer what is marked first.', confirm: 'Import 2 messages', line: '1 line was not understood', done: 'Imported', zip: '1 of 1 in the zip', undo: 'Undo this import',
    yes: 'Yes, remove', undone: 'Undone', discard: 'Discard the file', nothing: 'Everything is here already', open: 'Open the conversation',
  },
  ar: {
    link: 'استيراد محادثة مصدَّرة', title: 'استيراد محادثات من الهاتف', label: 'محادثة مصدَّرة (‎.txt‎ أو ‎.zip‎)', choose: 'اختيار ملف',
    look: 'ما في الملف', order: 'اليوم أولًا', contact: 'رقم هاتف العميل', again: 'قراءة من جديد',
    wrong: 'هذا الملف ليس محادثة مصدَّرة، أو تتعذّر قراءته.', empty: 'هذا الملف فارغ.', kind: 'المحادثة المصدَّرة ملف ‎.txt‎ أو ‎.zip‎.',
    missing: 'أجب أولًا عمّا عليه علامة.', confirm: 'استيراد رسالتين', line: 'سطر واحد لم يُفهم', done: 'تم الاستيراد', zip: '1 من 1 في ملف', undo: 'التراجع عن هذا الاستيراد',
    yes: 'نعم، أزِلها', undone: 'تم التراجع', discard: 'التخلّص من الملف', nothing: 'كل شيء موجود هنا', open: 'فتح المحادثة',
  },
}

/** check runs axe-core over the page and gives what is serious, in a form that says where. */
async function check(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')})`)
}

/** zip packs files as an export does: stored, one after the other. */
function zip(files) {
  const parts = []
  const directory = []
  let at = 0
  for (const [name, body] of files) {
    const called = Buffer.from(name)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt32LE(crc32(body), 14)
    head.writeUInt32LE(body.length, 18)
    head.writeUInt32LE(body.length, 22)
    head.writeUInt16LE(called.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(20, 4)
    head.copy(entry, 6, 4, 30)
    entry.writeUInt32LE(at, 42)
    parts.push(head, called, body)
    directory.push(entry, called)
    at += 30 + called.length + body.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, ...directory, end])
}

const photo = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

const button = (page, name) => page.getByRole('button', { name, exact: true })
const title = (page) => page.getByRole('heading', { level: 1 })
const two = (n) => String(n).padStart(2, '0')

for (const [lang, viewport] of [
  ['en', { width: 1440, height: 900 }],
  ['ar', { width: 390, height: 844 }],
]) {
  describe(`a chat that was exported on the phone comes in, and goes again (${lang}, ${viewport.width} px)`, () => {
    const says = spoken[lang]
    let browser, page, errors, customer, words, chat

    const fits = async (where) => {
      assert.deepEqual(await check(page), [], where)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= viewport.width, `${where}: the page is ${wide} px wide`)
    }
    const bring = (name, text) => page.getByLabel(says.label).setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
    const tile = (n) => page.getByTestId('result').locator('li').nth(n).locator('p').nth(1)

    before(async () => {
      browser = await launch()
      ;({ page, errors } = await newPage(browser, { lang, viewport, theme: lang === 'en' ? 'light' : 'dark' }))
      await signIn(page, lang)
      customer = await newCustomer(`Import ${lang}`)
      words = customer.digits.slice(-6)
      await customer.writes(`live ${words}`)
      await row(page, customer).waitFor()
      // The file is of the minute in which the message came, as a clock in Greenwich showed it.
      const { at } = await page.evaluate(async (digits) => {
        const { data } = await (await fetch(`/v1/conversations?q=${digits}`)).json()
        return data[0].last_message
      }, customer.digits)
      const came = new Date(at)
      const head = (minutes) => {
        const t = new Date(came.getTime() + minutes * 60_000)
        return `${two(t.getUTCDate())}/${two(t.getUTCMonth() + 1)}/${t.getUTCFullYear()}, ${two(t.getUTCHours())}:${two(t.getUTCMinutes())} - `
      }
      chat = [
        `${head(-4)}Messages and calls are end-to-end encrypted.`,
        `${head(-3)}${customer.name}: older ${words}`,
        `${head(-2)}The shop: answer ${words}`,
        `[01/02/2026, 10:00:00] Somebody: a line of another phone`,
        `${head(0)}${customer.name}: live ${words}`,
        '',
      ].join('\n')
    })
    after(async () => browser?.close())

    test('the number leads there, and says how to export on either phone', async () => {
      await page.goto(`${house.url}/numbers`)
      await page.locator('a[href^="/numbers/"]').first().click()
      await page.getByRole('link', { name: says.link, exact: true }).click()
      await until('the page is there', 30 * second, async () => (await title(page).textContent()) === says.title)
      assert.equal(await page.locator('html').getAttribute('dir'), say[lang].dir)
      const steps = page.getByTestId('steps')
      const android = await steps.textContent()
      await page.getByText('iPhone', { exact: true }).click()
      assert.notEqual(await steps.textContent(), android)
      await fits('how to export')
    })

    test('what is no export is refused with what to do', async () => {
      await bring('letter.txt', 'Dear all,\nthis is a letter.\n')
      await page.getByRole('alert').getByText(says.wrong).waitFor()
      await fits('refused')
      await bring('empty.txt', '')
      await page.getByRole('alert').getByText(says.empty).waitFor()
      await bring('photo.jpg', 'x')
      await page.getByRole('alert').getByText(says.kind).waitFor()
    })

    test('the file is shown before anything is imported, and its questions are asked', async () => {
      await bring(`WhatsApp Chat with ${customer.name}.txt`, chat)
      await page.waitForURL('**/import/imp_*')
      await page.getByRole('heading', { level: 1, name: says.look }).waitFor()
      await page.getByText(says.line).waitFor()
      assert.equal(await button(page, says.confirm).count(), 0, 'nothing can be imported while questions are open')
      await button(page, says.again).click()
      await page.getByRole('alert').getByText(says.missing).waitFor()
      await fits('questions')
      // By keyboard alone.
      await page.getByLabel(says.contact).focus()
      await page.keyboard.type(`+${customer.digits}`)
      if (await page.locator('[data-question=order] input').count()) await page.getByText(says.order, { exact: true }).click()
      for (const details of await page.locator('details:not([open]) > summary').all()) await details.click()
      await page.locator('select').selectOption('Africa/Abidjan')
      await button(page, says.again).focus()
      await page.keyboard.press('Enter')
      await button(page, says.confirm).waitFor()
      await fits('answered')
    })

    test('it is imported once: what was there already stands once', async () => {
      await button(page, says.confirm).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: says.done, exact: true }).waitFor()
      assert.deepEqual([await tile(0).textContent(), await tile(1).textContent(), await tile(2).textContent()], ['2', '1', '3'])
      await fits('done')
      await page.getByRole('link', { name: says.open, exact: true }).click()
      await bubble(page, `older ${words}`).waitFor()
      await bubble(page, `answer ${words}`).waitFor()
      assert.equal(await bubble(page, `live ${words}`).count(), 1)
      await page.goBack()
    })

    test('undoing says what goes and what stays, and asks once more', async () => {
      await button(page, says.undo).click()
      await button(page, says.yes).waitFor()
      await fits('sure?')
      await page.keyboard.press('Escape')
      await button(page, says.undo).click()
      await button(page, says.yes).click()
      await page.getByRole('heading', { level: 1, name: says.undone, exact: true }).waitFor()
      assert.equal(await tile(0).textContent(), '2')
      await fits('undone')
      const left = await page.evaluate(async (digits) => {
        const { data } = await (await fetch(`/v1/conversations?q=${digits}`)).json()
        return (await (await fetch(`/v1/conversations/${data[0].id}/messages`)).json()).data.map((m) => m.text)
      }, customer.digits)
      assert.deepEqual(left, [`live ${words}`])
    })

    test('the photo of a zip comes along and is seen in its place', async () => {
      await page.goto(page.url().replace(/\/imp_[^/]*$/, ''))
      const text = chat.replace(`The shop: answer ${words}`, 'The shop: IMG-1.png (file attached)')
      const body = zip([['WhatsApp Chat with x.txt', Buffer.from(text)], ['IMG-1.png', photo]])
      await page.getByLabel(says.label).setInputFiles({ name: 'WhatsApp Chat.zip', mimeType: 'application/zip', buffer: body })
      await page.waitForURL('**/import/imp_*')
      await page.getByText(says.zip).waitFor()
      await page.getByText('The shop', { exact: true }).first().click()
      await page.getByLabel(says.contact).fill(`+${customer.digits}`)
      if (await page.locator('[data-question=order] input').count()) await page.getByText(says.order, { exact: true }).click()
      for (const details of await page.locator('details:not([open]) > summary').all()) await details.click()
      await page.locator('select').selectOption('Africa/Abidjan')
      await button(page, says.again).click()
      await button(page, says.confirm).click()
      await page.getByRole('heading', { level: 1, name: says.done, exact: true }).waitFor()
      assert.equal(await tile(2).textContent(), '1', 'added with its file')
      await page.getByRole('link', { name: says.open, exact: true }).click()
      await until('the photo is drawn', 30 * second, () => page.evaluate(() => [...document.images].some((i) => i.src.includes('/v1/messages/') && i.naturalWidth === 1)))
      await page.goBack()
    })

    test('the list remembers it, and a file that was brought by mistake is discarded', async () => {
      await page.getByRole('link', { name: spoken[lang].title }).or(page.locator('a[href$="/import"]')).first().click()
      await page.locator('[data-testid=import][data-state=undone]').first().waitFor()
      await fits('list')
      await bring(`WhatsApp Chat with ${customer.name}.txt`, chat)
      await page.waitForURL('**/import/imp_*')
      await button(page, says.discard).click()
      await page.locator('[data-testid=import][data-state=expired]').first().waitFor()
      assert.deepEqual(errors, [])
    })
  })
}
