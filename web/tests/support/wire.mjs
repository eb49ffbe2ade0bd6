import { createServer, connect } from 'node:net'

/**
 * A wire between the browser and the house that can be cut: the connections die and no new ones are taken until it is
 * joined again. Closer to a tunnel on the way home than the browser's own offline switch.
 */
export async function newWire(target) {
  const to = new URL(target)
  if (to.protocol !== 'http:') throw new Error(`the wire carries http alone, not ${to.protocol}`)
  const open = new Set()
  let whole = true
  const server = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(Number(to.port || 80), to.hostname)
    for (const end of [near, far]) {
      open.add(end)
      end.on('close', () => {
        open.delete(end)
        near.destroy()
        far.destroy()
      })
      end.on('error', () => end.destroy())
    }
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise((resolve) => server.listen(0, to.hostname, resolve))
  return {
    url: `http://${to.hostname}:${server.address().port}`,
    cut() {
      whole = false
      for (const end of open) end.destroy()
    },
    join() {
      whole = true
    },
    close: () =>
      new Promise((resolve) => {
        for (const end of open) end.destroy()
        server.close(resolve)
      }),
  }
}
