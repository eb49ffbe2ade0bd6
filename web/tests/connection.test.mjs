import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bubble, house, launch, newCustomer, newPage, row, say, signIn, until } from './support/house.mjs'
import { newWire } from './support/wire.mjs'

describe('a connection that breaks', () => {
  let browser, context, page, wire, customer

  before(async () => {
    browser = await launch()
    wire = await newWire(house.url)
    ;({ context, page } = await newPage(browser, { url: wire.url }))
    await signIn(page)
    customer = await newCustomer('Tariq')
    await customer.writes('before')
    await row(page, customer).click({ timeout: 30_000 })
    await bubble(page, 'before').waitFor()
  })
  after(async () => {
    await browser?.close()
    await wire?.close()
  })

  const shown = async () => {
    const texts = await page.getByTestId('message').locator('.written').allTextContents()
    return texts.map((text) => text.trim())
  }
  const once = async (texts) => {
    for (const text of texts) assert.equal((await shown()).filter((t) => t === text).length, 1, `${text} is there once`)
  }

  test('what was said while the wire was cut is there afterwards, in order, once', async () => {
    wire.cut()
    for (const text of ['cut 1', 'cut 2', 'cut 3']) {
      await customer.writes(text)
      // WhatsApp's times are whole seconds: only with one between them have messages an order.
      await page.waitForTimeout(1_100)
    }
    await customer.hearsFromPhone('cut 4')
    await page.waitForTimeout(500)
    assert.equal(await bubble(page, 'cut 1').count(), 0, 'the wire was not cut')
    wire.join()
    await bubble(page, 'cut 4').waitFor({ timeout: 20_000 })
    await once(['before', 'cut 1', 'cut 2', 'cut 3', 'cut 4'])
    const texts = await shown()
    assert.deepEqual(texts.filter((t) => t.startsWith('cut')), ['cut 1', 'cut 2', 'cut 3', 'cut 4'])
  })

  test('what is sent while the wire is cut waits, and is sent exactly once', async () => {
    wire.cut()
    await page.getByRole('textbox', { name: say.en.message, exact: true }).fill('sent in the dark')
    await page.keyboard.press('Enter')
    const unsent = page.getByTestId('unsent').filter({ hasText: 'sent in the dark' })
    await unsent.getByText('Not sent').waitFor({ timeout: 30_000 })
    wire.join()
    await until('the customer has it once', 30_000, async () => (await customer.received('sent in the dark')).length === 1)
    await bubble(page, 'sent in the dark').waitFor({ timeout: 30_000 })
    await unsent.waitFor({ state: 'detached', timeout: 30_000 })
    await once(['sent in the dark'])
  })

  test('an answer lost on the way back doubles nothing', async () => {
    const field = page.getByRole('textbox', { name: say.en.message, exact: true })
    // The request goes through; its answer does not come back.
    let lost = false
    await page.route('**/v1/conversations/*/messages', async (route) => {
      if (lost || route.request().method() !== 'POST') return route.fallback()
      lost = true
      await route.fetch()
      await route.abort('connectionreset')
    })
    await field.fill('answer lost')
    await page.keyboard.press('Enter')
    await until('the first try was lost', 30_000, () => lost)
    await until('the customer has it', 30_000, async () => (await customer.received('answer lost')).length > 0)
    const unsent = page.getByTestId('unsent').filter({ hasText: 'answer lost' })
    if (await unsent.count()) await unsent.getByRole('button', { name: 'Try again' }).click({ timeout: 5_000 }).catch(() => undefined)
    await unsent.waitFor({ state: 'detached', timeout: 30_000 })
    await page.waitForTimeout(1_000)
    await once(['answer lost'])
    assert.equal((await customer.received('answer lost')).length, 1)
  })

  test('the browser going offline and coming back loses nothing', async () => {
    await context.setOffline(true)
    await customer.writes('while offline')
    await page.waitForTimeout(1_000)
    await context.setOffline(false)
    await bubble(page, 'while offline').waitFor({ timeout: 20_000 })
    await once(['while offline'])
  })

  test('a reload finds the same again', async () => {
    await page.reload()
    await bubble(page, 'while offline').waitFor({ timeout: 30_000 })
    await once(['before', 'cut 1', 'cut 2', 'cut 3', 'cut 4', 'sent in the dark', 'answer lost', 'while offline'])
  })
})
