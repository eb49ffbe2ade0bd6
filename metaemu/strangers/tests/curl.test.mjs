// The commands of docs/emulator.md, as they stand there, one after the other.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ask, emulator } from './support/meta.mjs'

const page = readFileSync(new URL('../../../docs/emulator.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap((m) => m[1].trim().split('\n'))

const able = spawnSync('curl', ['--json', '{}', '--version']).status === 0
const skip = able ? false : 'no curl of 7.82 or newer (Debian: apt-get install curl)'

/** run gives what a command of the page prints. */
function run(command) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command.replaceAll('http://127.0.0.1:8081', emulator)], { encoding: 'utf8' })
  assert.equal(status, 0, `${command}: ${stderr}`)
  return /\.(csv|jsonl)\b/.test(command) ? stdout : JSON.parse(stdout)
}

test('the page of the emulator does what it says', { skip }, () => {
  const [app, waba, number, mona, asked, answered, echoed, arrivals, deliveries, refused, clock, late, breaches, faults, habits, calm, flood, calmed, sheet, lines, invoice, made, shown, ...more] = commands.map(run)
  assert.deepEqual(more, [])
  assert.deepEqual([app.id, waba.token, number.id, mona.id], ['701', 'EAAshop', '901', 'mona'])
  assert.match(asked.wamid, /^wamid\./)
  assert.match(echoed.wamid, /^wamid\./)
  assert.deepEqual(arrivals.map((a) => a.wamid), [answered.messages[0].id])
  assert.ok(deliveries.some((d) => d.fields.includes('smb_message_echoes')))
  assert.equal(refused.error.code, 131030)
  assert.equal(clock.advanceable, true)
  assert.match(late.messages[0].id, /^wamid\./)
  assert.deepEqual(breaches.map((b) => b.rule), ['window'])
  assert.equal(faults.duplicates, 0.2)
  assert.equal(habits.upper_status, false)
  assert.equal(calm.duplicates, 0)
  assert.ok(flood && calmed)
  assert.match(sheet, new RegExp(`^seq,.*\\n.*${answered.messages[0].id}`, 's'))
  assert.equal(lines.trim().split('\n').map((line) => JSON.parse(line)).length, 2)
  assert.match(invoice, /,/)
  assert.equal(made.mime_type, 'image/jpeg')
  assert.match(shown.wamid, /^wamid\./)
})

test('what waits in the end is the late answer, refused by its status', { skip }, async () => {
  const deliveries = await ask('GET', 'deliveries?state=pending')
  await ask('POST', 'clock', { advance: '10s' })
  const told = (await ask('GET', 'deliveries')).filter((d) => d.url === 'http://127.0.0.1:9000/webhooks').map((d) => d.body)
  assert.ok(deliveries.length > 0)
  assert.ok(told.some((body) => body.includes('"code":131047')))
})
