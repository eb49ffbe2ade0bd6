import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { emulator, house, launch, newPage, signIn, until } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const second = 1_000

const spoken = {
  en: {
    number: 'Phone number of your WhatsApp Business app', none: 'In none', check: 'Check', alone: 'Use the API alone', next: 'Continue', open: 'Open Meta’s window',
    pin: 'Two-step code, six digits', wrong: 'The code has six digits.', done: 'Connected', details: 'How the number stands', working: 'Working, through the API alone.',
  },
  ar: {
    number: 'رقم الهاتف في تطبيق واتساب للأعمال', none: 'ليس في أي تطبيق', check: 'فحص', alone: 'استخدام الواجهة وحدها', next: 'متابعة', open: 'فتح نافذة Meta',
    pin: 'رمز التحقّق بخطوتين، ستة أرقام', wrong: 'الرمز من ستة أرقام.', done: 'تم الربط', details: 'حالة الرقم', working: 'يعمل عبر الواجهة البرمجية وحدها.',
  },
}

async function serious(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.help} (${v.nodes[0].target.join(' ')})`)
}

for (const [lang, viewport] of [
  ['en', { width: 1440, height: 900 }],
  ['ar', { width: 390, height: 844 }],
]) {
  describe(`a number of no app runs through the API alone (${lang}, ${viewport.width} px)`, () => {
    const says = spoken[lang]
    const digits = `2348${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}0`
    let browser, page, errors

    const fits = async (where) => {
      assert.deepEqual(await serious(page), [], where)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= viewport.width, `${where}: the page is ${wide} px wide`)
    }
    const press = (name) => page.getByRole('button', { name, exact: true }).click()
    const shot = async (name) => {
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/cloud-${name}-${lang}-${viewport.width}.png`, fullPage: true })
    }

    before(async () => {
      browser = await launch()
      ;({ page, errors } = await newPage(browser, { lang, viewport }))
      await signIn(page, lang)
    })
    after(async () => browser?.close())

    test('the check offers it, and what changes is ticked', async () => {
      await page.goto(`${house.url}/connect`)
      await page.getByLabel(says.number).fill(`+${digits}`)
      await page.getByText(says.none, { exact: true }).click()
      await press(says.check)
      await page.getByRole('button', { name: says.alone, exact: true }).waitFor()
      await fits('check')
      await shot('check')
      await press(says.alone)
      const ticks = page.getByRole('checkbox')
      await ticks.first().waitFor()
      for (let i = 0; i < (await ticks.count()); i++) {
        await ticks.nth(i).focus()
        await page.keyboard.press('Space')
      }
      await fits('changes')
      await press(says.next)
    })

    test('the popup verifies the number by a code, and does not ask for the app', async () => {
      const [opened] = await Promise.all([page.waitForEvent('popup'), press(says.open)])
      await opened.locator('select').waitFor()
      assert.equal(new URL(opened.url()).searchParams.get('feature_type') ?? '', '')
      await opened.locator('form button.main').click()
      await opened.locator('input[type=tel]').fill(digits)
      await opened.locator('form button.main').click()
      await opened.locator('#challenge').waitFor()
      await opened.locator('form input').fill(await opened.locator('#challenge').textContent())
      await opened.locator('form button.main').click()
      await opened.locator('ul').waitFor()
      await opened.locator('form button.main').click()
      await page.waitForURL('**/connect/onb_*')
    })

    test('the two-step code is asked for, and the number comes in without a phone', async () => {
      await page.getByLabel(says.pin).waitFor()
      await fits('two-step code')
      await shot('pin')
      await page.getByLabel(says.pin).fill('123')
      await press(says.next)
      await page.getByText(says.wrong).waitFor()
      await page.getByLabel(says.pin).fill('١٢٣٤٥٦')
      await press(says.next)
      await until('it is connected', 30 * second, async () => (await page.getByRole('heading', { level: 1 }).textContent()).includes(says.done))
      await fits('connected')
      await shot('connected')
      await page.getByRole('link', { name: says.details }).click()
      await page.getByTestId('standing').waitFor()
      assert.ok((await page.getByTestId('standing').textContent()).includes(says.working))
      assert.equal(await page.locator('[data-testid^=sync-]').count(), 0, 'a number without a phone has no past to ask for')
      await fits('number page')
      await shot('number')
      const number = (await emulator('GET', 'state')).numbers.find((n) => n.digits === digits)
      assert.equal(number.coexistence, false)
      assert.deepEqual(errors, [])
    })
  })
}
