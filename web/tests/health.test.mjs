import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { house, launch, newPage, signIn } from './support/house.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** findings is what axe-core finds on the page. */
async function findings(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target).join(', ')}`)
}

const sizes = [{ width: 1440, height: 900 }, { width: 390, height: 844 }]

describe('what happened to a number', () => {
  let browser
  before(async () => (browser = await launch()))
  after(() => browser?.close())

  for (const [lang, theme, sentence] of [['en', 'light', 'The app was opened, as its owner says.'], ['ar', 'dark', 'فُتح التطبيق، كما يقول صاحبه.']]) {
    for (const viewport of sizes) {
      test(`is told in plain words: ${lang}, ${theme}, ${viewport.width} pixels`, async () => {
        const { context, page, errors } = await newPage(browser, { lang, theme, viewport })
        await signIn(page, lang)
        const number = await page.evaluate(async () => {
          const { data } = await (await fetch('/v1/numbers')).json()
          const n = data.find((one) => one.mode === 'coexistence')
          const said = await fetch(`/v1/numbers/${n.id}/phone-seen`, { method: 'POST', headers: { 'Idempotency-Key': crypto.randomUUID() } })
          return said.ok ? n.id : `refused with ${said.status}`
        })
        await page.goto(`${house.url}/numbers/${number}`)
        const list = page.getByTestId('happenings')
        await list.getByText(sentence).first().waitFor()
        const first = list.locator('li').first()
        assert.equal(await first.getAttribute('data-event'), 'owner_confirmed', 'the latest stands first')
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, 'the page is wider than the screen')
        assert.deepEqual(await findings(page), [])
        if (process.env.SHOTS) await page.locator('section', { has: list }).screenshot({ path: `${process.env.SHOTS}/health-${lang}-${viewport.width}.png` })
        assert.deepEqual(errors, [])
        await context.close()
      })
    }
  }
})
