import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { emulator, launch, liveNumber, newCustomer, newPage, row, signIn, until } from './support/house.mjs'

describe('what comes with messages', () => {
  let browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser.close())

  for (const lang of ['en', 'ar']) {
    test(`pictures, films, sounds and documents are here and can be saved (${lang})`, async () => {
      const { context, page, errors } = await newPage(browser, { lang })
      await signIn(page, lang)
      const customer = await newCustomer(`Files ${lang}`)
      const number = await liveNumber()
      const sends = (type) => emulator('POST', `customers/${customer.id}/send`, { number: number.id, type })
      await sends('image')
      await row(page, customer).click()
      const image = page.locator('[data-testid=file] img').first()
      await image.waitFor({ timeout: 30_000 })
      await until('the picture is a picture', 30_000, () => image.evaluate((el) => el.complete && el.naturalWidth > 0))

      for (const type of ['video', 'audio', 'document']) await sends(type)
      await page.locator('[data-testid=file] video').waitFor({ timeout: 30_000 })
      await page.locator('[data-testid=file] audio').waitFor({ timeout: 30_000 })
      await page.locator('[data-testid=file] a[download$=pdf]').waitFor({ timeout: 30_000 })
      await until('the film can be played', 30_000, () => page.locator('video').evaluate((el) => el.readyState > 0 && el.duration > 0))

      // By the keyboard: what has just come may still move the page under a pointer, or take the focus along with it.
      let saved
      page.once('download', (download) => (saved = download))
      const link = page.locator('[data-testid=file] a[download$=pdf]')
      await until('the paper is saved', 60_000, async () => {
        await link.press('Enter')
        await page.waitForTimeout(500)
        return saved
      })
      assert.match(saved.suggestedFilename(), /\.pdf$/)

      const open = await page.request.get(await image.evaluate((el) => el.src))
      assert.equal(open.headers()['content-security-policy'], "sandbox; default-src 'none'")
      assert.match(open.headers()['content-disposition'], /^attachment/)
      assert.deepEqual(errors, [])
      await context.close()
    })
  }
})
