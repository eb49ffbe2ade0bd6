import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bubble, house, launch, newCustomer, newPage, row, say, signIn, until } from './support/house.mjs'

/** How long a message may take from the customer's phone to the screen, in milliseconds. */
const second = 1_000

const spoken = {
  en: { name: 'Rania', asks: 'Is the shop open today?', phone: 'Yes, until ten tonight.', agent: 'Shall I keep one for you?' },
  ar: { name: 'رانيا', asks: 'هل المتجر مفتوح اليوم؟', phone: 'نعم، حتى العاشرة مساءً.', agent: 'هل أحجز لك واحدة؟' },
}

for (const lang of ['en', 'ar']) {
  describe(`a conversation on the screen (${lang})`, () => {
    const says = spoken[lang]
    let browser, page, errors, customer

    before(async () => {
      browser = await launch()
      ;({ page, errors } = await newPage(browser, { lang }))
      await signIn(page, lang)
      customer = await newCustomer(says.name)
    })
    after(async () => browser?.close())

    test('the page has the direction of its language', async () => {
      const { dir, lang: spokenLang } = await page.evaluate(() => ({ dir: document.documentElement.dir, lang: document.documentElement.lang }))
      assert.equal(dir, say[lang].dir)
      assert.equal(spokenLang, lang)
    })

    test('a customer writes and it is visible within a second, without reload', async () => {
      await customer.writes(says.asks)
      await row(page, customer).waitFor({ timeout: second })
      await row(page, customer).click()
      await bubble(page, says.asks).waitFor({ timeout: 30 * second })

      const again = `${says.asks} 2`
      await customer.writes(again)
      await bubble(page, again).waitFor({ timeout: second })
      const label = await bubble(page, again).locator('[data-origin]').textContent()
      assert.equal(label.trim(), say[lang].customer)
    })

    test('the phone answers: visible within a second and labelled as the phone', async () => {
      const told = await page.getByTestId('window').textContent()
      await customer.hearsFromPhone(says.phone)
      const answer = bubble(page, says.phone)
      await answer.waitFor({ timeout: second })
      assert.equal((await answer.locator('[data-origin]').textContent()).trim(), say[lang].phone)
      assert.equal(await answer.locator('[data-origin] svg').count(), 1, 'an icon beside the word')
      const minutes = (text) => Number(/(\d+)\D*$/.exec(text.split('·')[0])?.[1] ?? Number.NaN)
      const moved = minutes(await page.getByTestId('window').textContent()) - minutes(told)
      assert.ok(moved <= 0, `an echo moved the window: ${told}`)
    })

    test('an agent answers: it arrives at the customer and on the phone, and its ticks advance', async () => {
      await page.getByRole('textbox', { name: say[lang].message, exact: true }).fill(says.agent)
      await page.keyboard.press('Enter')
      await bubble(page, says.agent).waitFor({ timeout: 30 * second })
      await until('the customer has it once', 30 * second, async () => (await customer.received(says.agent)).length === 1)
      await until('the phone shows it once', 30 * second, async () => (await customer.onPhone(says.agent)).length === 1)
      const status = () => bubble(page, says.agent).locator('[data-status]').getAttribute('data-status')
      await until('ticks at delivered or read', 30 * second, async () => ['delivered', 'read'].includes(await status()))
      assert.equal(await bubble(page, says.agent).count(), 1)
      assert.match(await bubble(page, says.agent).locator('[data-origin]').textContent(), new RegExp(`^${say[lang].team}`))
    })

    test('own messages stand at the right in both directions, the customer’s at the left', async () => {
      const box = async (text) => bubble(page, text).locator('[data-origin]').first().boundingBox()
      const log = await page.getByRole('log').boundingBox()
      const middle = log.x + log.width / 2
      const own = await box(says.agent)
      const theirs = await box(says.asks)
      assert.ok(own.x + own.width / 2 > middle, 'ours are left of the middle')
      assert.ok(theirs.x + theirs.width / 2 < middle, 'theirs are right of the middle')
    })

    test('a reader who has scrolled up is not moved, and is told', async () => {
      for (let i = 0; i < 40; i++) await customer.hearsFromPhone(`${says.phone} ${i}`)
      // WhatsApp's times are whole seconds; only the next one is surely the newest.
      await page.waitForTimeout(1.1 * second)
      await customer.hearsFromPhone(`${says.phone} !`)
      await bubble(page, `${says.phone} !`).waitFor({ timeout: 30 * second })
      const log = page.getByRole('log')
      // Some of the forty may still be on their way: they count as new for who has
      // scrolled up, and the way back is called by them. Who reads goes there and scrolls
      // up again, each time to another place: going where one is already is no movement.
      const back = page.getByRole('button', { name: say[lang].toEnd })
      const pill = page.getByTestId('to-end').getByRole('button')
      let tries = 0
      await until('the reader has scrolled up and nothing more comes', 60 * second, async () => {
        await log.evaluate((element, n) => (element.scrollTop = element.scrollHeight / 8 + (n % 2) * 24), tries++)
        await page.waitForTimeout(1.1 * second)
        if (await back.isVisible()) return true
        if (await pill.isVisible()) await pill.click()
        return false
      })
      const was = await log.evaluate((element) => element.scrollTop)
      await customer.writes(`${says.asks} 3`)
      await page.locator('button').filter({ hasText: lang === 'en' ? '1 new message' : 'رسالة جديدة' }).click({ timeout: 30 * second })
      await bubble(page, `${says.asks} 3`).waitFor({ timeout: 30 * second })
      assert.ok(was < (await log.evaluate((element) => element.scrollTop)), 'the button leads to the end')
    })

    test('reloading keeps the open conversation, each message once, and what was being written', async () => {
      const field = page.getByRole('textbox', { name: say[lang].message, exact: true })
      await field.fill(`${says.agent} …`)
      const address = page.url()
      await page.reload()
      await bubble(page, `${says.asks} 3`).waitFor({ timeout: 30 * second })
      assert.equal(page.url(), address)
      assert.equal(await field.inputValue(), `${says.agent} …`)
      assert.equal(await bubble(page, `${says.asks} 3`).count(), 1)
      await field.fill('')
      assert.ok(page.url().startsWith(`${house.url}/c/`))
    })

    test('nothing broke on the page meanwhile', () => assert.deepEqual(errors, []))
  })
}
