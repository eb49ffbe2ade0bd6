import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { emulator, house, launch, newPage, say, signIn, until } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const second = 1_000

/** The phone of the demo that nobody has connected yet. */
const digits = '966550000088'

const spoken = {
  en: {
    connect: 'Connect a number', number: 'Phone number of your WhatsApp Business app', check: 'Check', next: 'Continue', back: 'Back',
    fine: 'As far as can be known, nothing stands in the way', share: 'Share it', open: 'Open Meta’s window', reopen: 'Open Meta’s window again',
    left: 'You left Meta’s window at: entering the number', refused: 'Meta has refused', closed: 'The window was closed before the end',
    blocked: 'No window has opened', done: 'Connected', working: 'Working.', known: 'Known by', disconnected: 'Disconnected', again: 'Connect again', agent: 'Only owners and admins connect numbers',
    details: 'How the number stands', points: '7 points left to tick', old: 'The app is older than', version: 'Version of the app',
  },
  ar: {
    connect: 'ربط رقم', number: 'رقم الهاتف في تطبيق واتساب للأعمال', check: 'فحص', next: 'متابعة', back: 'رجوع',
    fine: 'بقدر ما يمكن معرفته، لا شيء يمنع الربط', share: 'مشاركته', open: 'فتح نافذة Meta', reopen: 'فتح نافذة Meta مجددًا',
    left: 'خرجت من نافذة Meta عند: إدخال الرقم', refused: 'رفضت Meta', closed: 'أُغلقت النافذة قبل النهاية',
    blocked: 'لم تُفتح أي نافذة', done: 'تم الربط', working: 'يعمل.', known: 'نعرف ذلك من', disconnected: 'منفصل', again: 'الربط من جديد', agent: 'ربط الأرقام للمالكين والمديرين فقط',
    details: 'حالة الرقم', points: 'بقيت 7 نقاط', old: 'التطبيق أقدم من', version: 'إصدار التطبيق',
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

const phone = async () => (await emulator('GET', 'state')).numbers.find((n) => n.digits === digits)
const button = (page, name) => page.getByRole('button', { name, exact: true })
const title = (page) => page.getByRole('heading', { level: 1 })

/** popup presses the button and gives the window it opens. */
async function popup(page, name) {
  const [opened] = await Promise.all([page.waitForEvent('popup'), button(page, name).click()])
  await opened.locator('select').waitFor()
  return opened
}

/** confirm goes through the popup as the owner does, with the phone in hand. */
async function confirm(opened) {
  await opened.locator('form button.main').click()
  await opened.locator('input[type=tel]').fill(digits)
  await opened.locator('form button.main').click()
  const challenge = await opened.locator('#challenge').textContent()
  await emulator('POST', `numbers/${(await phone()).id}/phone/confirm-signup`, { challenge, share_history: true })
  await opened.locator('ul').waitFor()
  await opened.locator('form button.main').click()
}

// One phone for both: what the first has connected, the second finds disconnected and connects again.
for (const [lang, viewport] of [
  ['en', { width: 1440, height: 900 }],
  ['ar', { width: 390, height: 844 }],
]) {
  describe(`a newcomer connects a number (${lang}, ${viewport.width} px)`, () => {
    const says = spoken[lang]
    let browser, page, errors

    const fits = async (where) => {
      assert.deepEqual(await check(page), [], where)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= viewport.width, `${where}: the page is ${wide} px wide`)
    }

    before(async () => {
      browser = await launch()
      ;({ page, errors } = await newPage(browser, { lang, viewport, theme: lang === 'en' ? 'light' : 'dark' }))
      await signIn(page, lang)
    })
    after(async () => browser?.close())

    test('the numbers lead to the wizard, by a full load: only there may the script of Meta be', async () => {
      await page.goto(`${house.url}/numbers`)
      const [loaded] = await Promise.all([
        page.waitForResponse((r) => new URL(r.url()).pathname === '/connect'),
        page.getByRole('link', { name: says.connect, exact: true }).first().click(),
      ])
      const { origin } = new URL(house.emulator)
      assert.ok(loaded.headers()['content-security-policy'].includes(`script-src 'self' ${origin}`))
      await page.getByLabel(says.number).waitFor()
      assert.equal(await page.locator('html').getAttribute('dir'), say[lang].dir)
      await fits('number')
    })

    test('without a number there is no check; an old app is found out and can be corrected', async () => {
      await button(page, says.check).click()
      assert.equal(await page.getByLabel(says.number).getAttribute('aria-invalid'), 'true')
      await page.getByLabel(says.number).fill('+966 55 000 0088')
      await page.getByLabel(says.version).fill('2.20.1')
      await button(page, says.check).click()
      await page.getByText(says.old).waitFor()
      await fits('a check that fails')
      await button(page, says.back).click()
      await page.getByLabel(says.version).fill('')
      await button(page, says.check).click()
      await until('the check is passed', 30 * second, async () => (await title(page).textContent()) === says.fine)
      await fits('check')
    })

    test('nobody goes on before every change is ticked; a reload keeps what is', async () => {
      await button(page, says.next).click()
      await page.getByText(says.points).waitFor()
      assert.equal(await button(page, says.next).isDisabled(), true)
      const ticks = page.getByRole('checkbox')
      for (let i = 0; i < 7; i++) {
        await ticks.nth(i).focus()
        await page.keyboard.press('Space')
        if (i === 3) {
          await page.reload()
          await ticks.first().waitFor()
          assert.equal(await page.locator('input[type=checkbox]:checked').count(), 4)
        }
      }
      await fits('changes')
      await button(page, says.next).click()
    })

    test('the choice about the history is made beforehand', async () => {
      assert.equal(await button(page, says.next).isDisabled(), true)
      await page.getByText(says.share, { exact: true }).click()
      await fits('history')
      await button(page, says.next).click()
      await button(page, says.open).waitFor()
      await fits('signup')
      await page.goBack()
      await page.getByText(says.share, { exact: true }).waitFor()
      await page.goForward()
      await button(page, says.open).waitFor()
    })

    test('leaving the popup is explained, by the step, by what Meta said, or by its being gone', async () => {
      let opened = await popup(page, says.open)
      await opened.locator('form button.main').click()
      await opened.locator('input[type=tel]').waitFor()
      await opened.locator('#cancel').click()
      await page.getByText(says.left).waitFor()

      opened = await popup(page, says.reopen)
      await opened.locator('form button.main').click()
      await opened.locator('input[type=tel]').fill('966550000099')
      await opened.locator('form button.main').click()
      await opened.locator('.refusal').waitFor()
      await opened.locator('form button:not(.main)').click()
      await page.getByText('This number is not registered').waitFor()
      await fits('a refusal')

      opened = await popup(page, says.reopen)
      await page.waitForTimeout(1.1 * second)
      await opened.close()
      await page.getByText(says.closed).waitFor()

      await page.evaluate(() => {
        window.opens = window.open
        window.open = () => null
      })
      await button(page, says.reopen).click()
      await page.getByText(says.blocked).waitFor()
      await page.evaluate(() => (window.open = window.opens))
    })

    test('the popup and the phone connect it', async () => {
      await page.reload()
      const opened = await popup(page, says.open)
      const asked = new URL(opened.url()).searchParams
      assert.equal(asked.get('feature_type'), 'whatsapp_business_app_onboarding')
      assert.equal(asked.get('session_info_version'), '3')
      assert.equal(asked.get('override'), 'true')
      await confirm(opened)
      await page.waitForURL('**/connect/onb_*')
      await until('it is connected', 30 * second, async () => (await title(page).textContent()).includes(says.done))
      assert.equal(await page.evaluate(() => typeof window.FB), 'undefined', 'no script of Meta’s where customers are shown')
    })

    test('a message each way is seen arriving, and a reload keeps that', async () => {
      const number = await phone()
      const [customer] = await emulator('POST', 'customers', [{ name: `Wafa ${lang}`, digits: `2010${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}` }])
      // WhatsApp's times are whole seconds; only the next one is surely after the beginning.
      await page.waitForTimeout(1.1 * second)
      const seen = (way) => page.locator(`[data-testid=${way}][data-seen=true]`)
      await emulator('POST', `numbers/${number.id}/phone/send`, { to: customer.digits, text: 'from the phone' })
      await seen('from-phone').waitFor({ timeout: 30 * second })
      await emulator('POST', `customers/${customer.id}/send`, { number: number.id, text: 'to the number' })
      await seen('to-number').waitFor({ timeout: 30 * second })
      await page.reload()
      await seen('from-phone').waitFor({ timeout: 30 * second })
      await seen('to-number').waitFor({ timeout: 30 * second })
      await fits('connected')
    })

    test('its page tells how it stands, and counts the past until all of it is here', async () => {
      await page.getByRole('link', { name: says.details }).click()
      await page.getByTestId('standing').waitFor()
      const standing = await page.getByTestId('standing').textContent()
      assert.ok(standing.includes(says.working) && standing.includes(says.known), standing)
      const history = page.getByTestId('sync-history')
      await until('the history arrives', 30 * second, async () => (await history.getAttribute('data-state')) === 'arriving')
      await until('all messages are here', 30 * second, async () => (await history.locator('[data-count=messages]').textContent()) === '400')
      assert.equal(await history.locator('[data-count=set_aside]').count(), 0)
      assert.ok(Number(await history.locator('[data-count=threads]').textContent()) > 0)
      await page.getByTestId('sync-contacts').waitFor()
      await fits('number page')
    })

    test('an operator sees the syncs that are open', async () => {
      await page.goto(`${house.url}/deliveries/syncs`)
      await page.getByTestId('open-syncs').getByText('Palm Bakery, Jeddah').first().waitFor()
      await fits('open syncs')
    })

    test('disconnected by the owner, it says so and leads back', async () => {
      await page.goto(`${house.url}/numbers`)
      await page.getByRole('link', { name: 'Palm Bakery, Jeddah', exact: true }).click()
      await page.getByTestId('standing').waitFor()
      await emulator('POST', `numbers/${(await phone()).id}/phone/disconnect`, {})
      await page.locator('[data-testid=standing][data-stage=disconnected]').waitFor({ timeout: 30 * second })
      assert.ok((await page.getByTestId('standing').textContent()).includes(says.disconnected))
      await page.locator('[data-testid=sync-history][data-state=cut]').waitFor({ timeout: 30 * second })
      await fits('disconnected')
      await page.getByRole('link', { name: says.again, exact: true }).click()
      await page.getByLabel(says.number).waitFor()
      assert.equal(await page.getByLabel(says.number).inputValue(), '', 'what was answered before is forgotten')
      const { numbers } = await emulator('GET', 'state')
      assert.equal(numbers.find((n) => n.digits !== digits).stage, 'live')
    })

    test('nothing broke on the page meanwhile', () => assert.deepEqual(errors, []))
  })
}

test('a number of no app may go through the API alone, which is said plainly; and the script of Meta stays in the wizard', async () => {
  const says = spoken.en
  const browser = await launch()
  try {
    const { page } = await newPage(browser)
    await signIn(page)
    await page.goto(`${house.url}/connect`)
    await page.getByLabel(says.number).fill('+966 55 000 0099')
    await page.getByText('In none', { exact: true }).click()
    await button(page, says.check).click()
    await page.getByText('The number leaves the WhatsApp app for good').waitFor()
    await page.getByText('80 messages a second').waitFor()
    await button(page, 'Use the API alone').click()
    await page.getByText('What happens to your number').waitFor()
    for (const tick of await page.getByRole('checkbox').all()) {
      await tick.focus()
      await page.keyboard.press('Space')
    }
    await button(page, says.next).click()
    await page.getByText('Step 4 of 4').waitFor()
    const opened = await popup(page, says.open)
    assert.equal(new URL(opened.url()).searchParams.get('feature_type'), '')
    await opened.close()

    assert.equal(await page.evaluate(() => typeof window.FB), 'object')
    await page.getByRole('link', { name: 'Inbox', exact: true }).click()
    await page.getByTestId('conversation').first().waitFor()
    assert.equal(await page.evaluate(() => typeof window.FB), 'undefined', 'whoever leaves the wizard leaves Meta’s script behind')
    await page.goBack()
    await page.getByText('Step 4 of 4').waitFor()
    await button(page, says.open).waitFor()
  } finally {
    await browser.close()
  }
})

test('an agent sees why not', async () => {
  const browser = await launch()
  try {
    const { page } = await newPage(browser, { url: `${house.url}/connect` })
    await page.getByLabel(say.en.email, { exact: true }).fill('agent@palm.example')
    await page.getByLabel(say.en.password, { exact: true }).fill(house.password)
    await button(page, say.en.signIn).click()
    await page.getByText(spoken.en.agent).waitFor()
    await page.goto(`${house.url}/numbers`)
    await title(page).waitFor()
    assert.equal(await page.getByRole('link', { name: spoken.en.connect }).count(), 0)
  } finally {
    await browser.close()
  }
})
