import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

/** The running house under test, named by the environment; without it the tests stop at once. */
export const house = {
  url: required('WASL_URL', 'the address of a running `wasl demo`, such as http://127.0.0.1:8080'),
  email: required('WASL_EMAIL', 'the e-mail that `wasl demo` printed'),
  password: required('WASL_PASSWORD', 'the password that `wasl demo` printed'),
  emulator: required('EMULATOR_URL', 'the address of its emulator'),
}

function required(name, what) {
  const value = process.env[name]
  if (value) return value.replace(/\/+$/, '')
  console.error(`The screens' tests need ${name}: ${what}.`)
  process.exit(1)
}

/** What the screens say, in both languages, as far as the tests look for it. */
export const say = {
  en: {
    email: 'E-mail', password: 'Password', signIn: 'Sign in', conversations: 'Conversations', message: 'Message', send: 'Send',
    customer: 'Customer', phone: 'Phone', team: 'Team', settings: 'Account and settings', toEnd: 'To the newest message', dir: 'ltr',
  },
  ar: {
    email: 'البريد الإلكتروني', password: 'كلمة المرور', signIn: 'تسجيل الدخول', conversations: 'المحادثات', message: 'الرسالة', send: 'إرسال',
    customer: 'العميل', phone: 'الهاتف', team: 'الفريق', settings: 'الحساب والإعدادات', toEnd: 'إلى أحدث رسالة', dir: 'rtl',
  },
}

/** How long a page may take for anything, in milliseconds: machines are shared. A story fails for what never comes, not for what is slow. */
export const patience = 90_000

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) {
    console.error(`The screens' tests need Chromium at ${executablePath}: install it, or name another with CHROMIUM.`)
    process.exit(1)
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage', '--disable-component-update'],
  })
}

/** A page of its own, with a language and a theme chosen as the settings menu would; errors in it fail the test that calls check. */
export async function newPage(browser, { lang = 'en', theme = 'light', url = house.url, viewport = { width: 1440, height: 900 } } = {}) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience)
  await context.addInitScript(
    ([l, t]) => {
      localStorage.setItem('wasl.lang', l)
      localStorage.setItem('wasl.theme', t)
    },
    [lang, theme],
  )
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (err) => errors.push(err.message))
  await page.goto(url)
  return { context, page, errors }
}

export async function signIn(page, lang = 'en') {
  await page.getByLabel(say[lang].email, { exact: true }).fill(house.email)
  await page.getByLabel(say[lang].password, { exact: true }).fill(house.password)
  await page.getByRole('button', { name: say[lang].signIn, exact: true }).click()
  await page.getByTestId('conversation').first().waitFor({ timeout: 30_000 })
}

/** emulator asks the emulator's own API and gives its answer. */
export async function emulator(method, path, body) {
  const answer = await fetch(`${house.emulator}/_emulator/${path}`, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} /_emulator/${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

/** The first live number that is also on a phone. */
export async function liveNumber() {
  const { numbers } = await emulator('GET', 'state')
  const number = numbers.find((n) => n.stage === 'live' && n.coexistence)
  if (!number) throw new Error('the emulator has no live number on a phone')
  return number
}

/** A customer whom nobody has met, so that no other conversation disturbs the test. */
export async function newCustomer(name) {
  const digits = `2010${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`
  const made = await emulator('POST', 'customers', [{ name: `${name} ${digits.slice(-4)}`, digits }])
  const number = await liveNumber()
  return {
    ...made[0],
    writes: (text) => emulator('POST', `customers/${made[0].id}/send`, { number: number.id, text }),
    hearsFromPhone: (text) => emulator('POST', `numbers/${number.id}/phone/send`, { to: made[0].digits, text }),
    received: async (text) => messages(await emulator('GET', `customers/${made[0].id}`)).filter((m) => m.text === text),
    onPhone: async (text) => messages(await emulator('GET', `numbers/${number.id}/phone?customer=${made[0].id}`)).filter((m) => m.text === text),
  }
}

function messages(view) {
  return (view.chats ?? []).flatMap((chat) => chat.messages ?? [])
}

export const row = (page, customer) => page.getByTestId('conversation').filter({ hasText: customer.name })
export const bubble = (page, text) => page.getByTestId('message').filter({ hasText: text })

/** until asks again and again for something true, and says what was missing when time is over. */
export async function until(what, milliseconds, ask) {
  const end = performance.now() + milliseconds
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
