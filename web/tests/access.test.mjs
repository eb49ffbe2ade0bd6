import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { bubble, launch, newCustomer, newPage, row, say, signIn, until } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** check runs axe-core over the page and gives what is serious, in a form that says where. */
async function check(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')})`)
}

describe('every screen can be used by everybody', () => {
  let browser, customer
  before(async () => {
    browser = await launch()
    customer = await newCustomer('Huda')
    await customer.writes('Are you there? https://shop.example/a')
    await customer.hearsFromPhone('نعم، تفضلي')
  })
  after(async () => browser?.close())

  for (const lang of ['en', 'ar']) {
    for (const theme of ['light', 'dark']) {
      test(`axe finds nothing serious (${lang}, ${theme})`, async () => {
        const { context, page } = await newPage(browser, { lang, theme })
        await page.getByLabel(say[lang].email, { exact: true }).waitFor()
        assert.deepEqual(await check(page), [], 'sign-in')

        await signIn(page, lang)
        assert.deepEqual(await check(page), [], 'inbox')

        await row(page, customer).first().click()
        await bubble(page, 'shop.example').waitFor()
        await bubble(page, 'shop.example').hover()
        assert.deepEqual(await check(page), [], 'conversation')

        await page.getByRole('button', { name: say[lang].settings }).first().click()
        await page.getByRole('menu').waitFor()
        assert.deepEqual(await check(page), [], 'settings')
        await page.keyboard.press('Escape')

        await page.goto(new URL('/numbers', page.url()).href)
        await page.getByRole('heading', { level: 1 }).waitFor()
        assert.deepEqual(await check(page), [], 'numbers')
        await context.close()
      })
    }
  }

  test('a narrow screen shows one pane with a way back', async () => {
    const { context, page } = await newPage(browser, { lang: 'ar', viewport: { width: 390, height: 844 } })
    await signIn(page, 'ar')
    await row(page, customer).first().click()
    await bubble(page, 'shop.example').waitFor()
    assert.equal(await page.getByTestId('conversation').first().isVisible(), false)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `the page is ${wide} px wide`)
    assert.deepEqual(await check(page), [], 'narrow conversation')
    await page.getByRole('button', { name: 'رجوع' }).click()
    await page.getByTestId('conversation').first().waitFor()
    await context.close()
  })

  test('the keyboard alone signs in, chooses a conversation, moves on and sends', async () => {
    const { context, page } = await newPage(browser)
    const { email, password } = await import('./support/house.mjs').then((m) => m.house)
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const focus = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.id ?? '')
    await page.getByLabel(say.en.email, { exact: true }).waitFor()
    await page.keyboard.type(email)
    await press('Tab')
    await page.keyboard.type(password)
    await press('Enter')
    await page.getByTestId('conversation').first().waitFor({ timeout: 30_000 })

    await customer.writes('keyboard, please')
    await until('the newest conversation is first', 30_000, async () => (await page.getByTestId('conversation').first().textContent()).includes(customer.name))
    for (let i = 0; i < 40 && (await focus()) !== 'conversation'; i++) await press('Tab')
    assert.equal(await focus(), 'conversation', 'Tab reaches the list')
    await press('ArrowDown', 'ArrowUp', 'Home')
    const chosen = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    await until('the first row has the focus', 20_000, async () => (await chosen()).includes(customer.name))
    await press('Enter')
    await page.waitForURL('**/c/**')
    await until('the composer has the focus', 30_000, async () => (await focus()) === 'composer')
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
    assert.equal(ring, 'solid', 'the focus can be seen')

    const text = `by keys ${Date.now()}`
    await page.keyboard.type(text)
    await press('Shift+Enter')
    await page.keyboard.type('second line')
    await press('Enter')
    await bubble(page, text).waitFor({ timeout: 30_000 })
    await until('the customer has it', 30_000, async () => (await customer.received(`${text}\nsecond line`)).length === 1)

    const first = page.url()
    await press('Alt+KeyJ')
    await until('Alt+J opens the next conversation', 30_000, async () => page.url() !== first)
    await press('Alt+KeyK')
    await until('Alt+K leads back', 30_000, async () => page.url() === first)
    await press('Alt+KeyL')
    await until('Alt+L leads to the composer', 20_000, async () => (await focus()) === 'composer')
    await press('Escape')
    await until('Esc leads back to the list', 20_000, async () => (await focus()) === 'conversation')
    await context.close()
  })
})
