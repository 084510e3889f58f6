// What two tabs of a browser keep, as one.
import assert from "node:assert/strict"
import { test } from "node:test"
import { merge } from "../../core/ui/player/memory.js"

const entry = (seed, time) => ({ query: { seed }, time })

test("every run once, the newest first; all that is solved; the larger count of looks", () => {
  const mine = { history: { a: [entry("1", 30), entry("2", 10)] }, solved: { x: { seed: "1" } }, looks: { s: 2, t: 1 } }
  const theirs = { history: { a: [entry("3", 20), entry("2", 5)], b: [entry("4", 1)] }, solved: { y: {} }, looks: { s: 1, u: 4 } }
  const both = merge(mine, theirs)
  assert.deepEqual(both.history, { a: [entry("1", 30), entry("3", 20), entry("2", 10)], b: [entry("4", 1)] })
  assert.deepEqual(both.solved, { x: { seed: "1" }, y: {} })
  assert.deepEqual(both.looks, { s: 2, t: 1, u: 4 })
  assert.deepEqual(merge(mine, {}), mine)
  const many = merge({ history: { a: Array.from({ length: 80 }, (_, i) => entry(`${i}`, i)) } }, {})
  assert.equal(many.history.a.length, 60)
  assert.equal(many.history.a[0].time, 79)
})
