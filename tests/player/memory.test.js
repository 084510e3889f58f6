// What the tabs of a browser keep, as one: each is a copy of the module, all write into one storage.
import assert from "node:assert/strict"
import { test } from "node:test"
import { merge } from "../../core/ui/player/memory.js"

const entry = (seed, time) => ({ query: { seed }, time })
const runs = (...seeds) => ({ history: { a: seeds.map((seed) => entry(`${seed}`, seed)) }, solved: {}, looks: {}, opened: [] })

test("what a tab has changed goes into what is kept: every run once, the newest first", () => {
  const base = { history: { a: [entry("2", 5), entry("0", 4)] }, solved: { z: {} }, looks: { s: 1, t: 1 }, opened: ["o", "p"] }
  const mine = { history: { a: [entry("1", 30), entry("2", 10)] }, solved: { z: {}, x: { seed: "1" } }, looks: { s: 3, t: 1, v: 2 },
    opened: ["r", "o", "p"] }
  const kept = { history: { a: [entry("3", 20), entry("2", 5), entry("0", 4)], b: [entry("4", 1)] }, solved: { y: {} }, looks: { s: 2, u: 4 },
    opened: ["q", "o"] }
  const all = merge(base, mine, kept)
  assert.deepEqual(all.history, { a: [entry("1", 30), entry("3", 20), entry("2", 10)], b: [entry("4", 1)] })
  assert.deepEqual(all.solved, { x: { seed: "1" }, y: {} }) // z was taken away by another tab
  assert.deepEqual(all.looks, { s: 4, u: 4, v: 2 })
  assert.deepEqual(all.opened, ["r", "q", "o"]) // p was taken away by another tab
  const runs = Array.from({ length: 300 }, (_, i) => `${i}`)
  assert.deepEqual(merge({}, { opened: runs }, { opened: ["x"] }).opened, runs.slice(0, 200))
  assert.deepEqual(merge({}, mine, {}), mine)
  const many = merge({}, { history: { a: Array.from({ length: 80 }, (_, i) => entry(`${i}`, i)) } }, {})
  assert.equal(many.history.a.length, 60)
  assert.equal(many.history.a[0].time, 79)
})

// A storage with `kept` in it, and two tabs that have heard it. Each tab says a whole memory, or "" to delete all.
let copies = 0
async function tabs(kept) {
  const items = new Map(kept ? [["deep-learning-lab", typeof kept === "string" ? kept : JSON.stringify(kept)]] : [])
  globalThis.localStorage = { getItem: (k) => items.get(k) ?? null, setItem: (k, v) => items.set(k, v), removeItem: (k) => items.delete(k) }
  const open = async () => {
    const module = await import(`../../core/ui/player/memory.js?tab=${copies++}`)
    const say = (role, text, heard) => module.default({ data: { role, text, heard }, parentElement: {}, setStateValue: () => {} })
    await say("read", null, false)
    return (said) => (said === "" ? say("read", "", true) : say("write", JSON.stringify(said), true))
  }
  return { a: await open(), b: await open(), stored: () => JSON.parse(items.get("deep-learning-lab") ?? "null") }
}
// A browser with a cookie, and what a tab whose page calls it `owner` tells that page.
async function cookies(kept, owner) {
  const jar = new Map(kept ? [["lab", kept]] : [])
  globalThis.document = {
    get cookie() { return ["other=1", ...[...jar].map(([k, v]) => `${k}=${v}`)].join("; ") },
    set cookie(text) {
      const [, value, age] = text.match(/^lab=([^;]*);.*max-age=(\d+)/)
      if (Number(age)) jar.set("lab", value)
      else jar.delete("lab")
    },
  }
  globalThis.localStorage = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  const told = {}
  const module = await import(`../../core/ui/player/memory.js?tab=${copies++}`)
  await module.default({ data: { role: "write", text: null, heard: true, cookie: "lab", owner }, parentElement: {},
    setStateValue: (name, value) => { told[name] = value } })
  delete globalThis.document
  return [jar.get("lab"), told.owner]
}

test("a browser has one name, that of the tab which was first, and keeps it until that one's files are gone", async () => {
  assert.deepEqual(await cookies("", ""), [undefined, undefined])
  assert.deepEqual(await cookies("", "one"), ["one", undefined])
  assert.deepEqual(await cookies("one", "one"), ["one", undefined])
  assert.deepEqual(await cookies("one", "two"), ["one", "one"]) // the page is told
  assert.deepEqual(await cookies("one", "-two"), ["one", undefined])
  assert.deepEqual(await cookies("one", "-one"), [undefined, undefined])
  assert.deepEqual(await cookies("", "-one"), [undefined, undefined])
})

const seeds = (memory) => memory.history.a.map((e) => Number(e.query.seed))

test("runs of two tabs are all kept; what one deletes stays deleted", async () => {
  const { a, b, stored } = await tabs(runs(2, 1))
  await a(runs(3, 2, 1))
  await b(runs(4, 2, 1))
  assert.deepEqual(seeds(stored()), [4, 3, 2, 1])
  await a(runs(3, 2)) // knows nothing of 4
  assert.deepEqual(seeds(stored()), [4, 3, 2])
  await b(runs(5, 4, 2, 1)) // has not heard that 1 is gone
  assert.deepEqual(seeds(stored()), [5, 4, 3, 2])
  await b(runs(6, 5, 4, 2, 1))
  await a(runs(7, 3, 2))
  assert.deepEqual(seeds(stored()), [7, 6, 5, 4, 3, 2])
  await a(runs(7, 3))
  await b(runs(8, 6, 5, 4, 2, 1))
  assert.deepEqual(seeds(stored()), [8, 7, 6, 5, 4, 3])
})

test("after “delete all” another tab brings back only what is new in it", async () => {
  const old = { ...runs(2, 1), solved: { x: {} }, looks: { s: 2 } }
  const { a, b, stored } = await tabs(old)
  await b({ ...old, ...runs(3, 2, 1), solved: { x: {} }, looks: { s: 2 } })
  await a("")
  await b({ ...runs(3, 2, 1), solved: { x: {} }, looks: { s: 2 } }) // says the same once more
  assert.equal(stored(), null)
  await b({ ...runs(4, 3, 2, 1), solved: { x: {}, y: {} }, looks: { s: 3 } })
  assert.deepEqual(stored(), { ...runs(4), solved: { y: {} }, looks: { s: 1 } })
  await a(runs(5))
  assert.deepEqual(seeds(stored()), [5, 4])
})

test("looks at a test set are counted together", async () => {
  const { a, b, stored } = await tabs({ ...runs(), looks: { s: 1 } })
  await a({ ...runs(), looks: { s: 2 } })
  await b({ ...runs(), looks: { s: 2 } })
  assert.deepEqual(stored().looks, { s: 3 })
})

test("two tabs that begin with nothing lose nothing of one another", async () => {
  const { a, b, stored } = await tabs()
  await a({ ...runs(1), looks: { s: 1 } })
  await b({ ...runs(2), looks: { s: 1 } })
  assert.deepEqual(seeds(stored()), [2, 1])
  assert.deepEqual(stored().looks, { s: 2 })
})

test("what is damaged is replaced", async () => {
  for (const damaged of ['{"history": {"a": [', '{"history": {"a": [null]}}', '{"history": {"a": 7}}', "7", "null"]) {
    const { a, stored } = await tabs(damaged)
    await a(runs(1))
    assert.deepEqual(seeds(stored()), [1])
  }
})
