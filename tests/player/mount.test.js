// A player or board is found again at every rerun, and taken down once it has left the page.
import assert from "node:assert/strict"
import { test } from "node:test"
import { mounting } from "../../core/ui/player/mount.js"

class Kind {
  static made = []
  constructor(component) {
    Kind.made.push(this)
    this.taken = []
    this.parent = component.parentElement
  }
  take(component) { this.taken.push(component.data) }
  destroy() { this.gone = true }
}
const soon = () => new Promise((resolve) => setTimeout(resolve))

test("a rerun finds the one that is there; a place of its own has its own", async () => {
  Kind.made = []
  const mount = mounting(Kind, async () => {})
  const here = { isConnected: true }
  await mount({ parentElement: here, data: 1 })
  await mount({ parentElement: here, data: 2 })
  await mount({ parentElement: { isConnected: true }, data: 3 })
  assert.deepEqual(Kind.made.map((one) => one.taken), [[1, 2], [3]])
})

test("what was overtaken while its files loaded draws nothing", async () => {
  Kind.made = []
  const waiting = []
  const mount = mounting(Kind, () => new Promise((resolve) => waiting.push(resolve)))
  const here = { isConnected: true }
  const [first, second] = [mount({ parentElement: here, data: 1 }), mount({ parentElement: here, data: 2 })]
  for (const resolve of waiting) resolve()
  assert.equal(await first, undefined)
  assert.equal(typeof (await second), "function")
  assert.deepEqual(Kind.made.map((one) => one.taken), [[2]])
})

test("only what has left the page is taken down, and its place then gets a new one", async () => {
  Kind.made = []
  const mount = mounting(Kind, async () => {})
  const here = { isConnected: true }
  const leave = await mount({ parentElement: here, data: 1 })
  leave()
  await soon()
  assert.equal(Kind.made[0].gone, undefined)
  here.isConnected = false
  leave()
  await soon()
  assert.equal(Kind.made[0].gone, true)
  here.isConnected = true
  await mount({ parentElement: here, data: 2 })
  assert.deepEqual(Kind.made.map((one) => one.taken), [[1], [2]])
})
