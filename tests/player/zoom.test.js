// The keyboard's twin of drawing a box on a figure.
import assert from "node:assert/strict"
import { test } from "node:test"
import { narrowed, seen } from "../../core/ui/player/zoom.js"

test("a range narrows around a place in it, else around its middle", () => {
  assert.deepEqual(narrowed([0, 200], 200, 0.5), [100, 200])
  assert.deepEqual(narrowed([0, 200], 50, 0.5), [25, 125])
  assert.deepEqual(narrowed([0, 200], NaN, 0.5), [50, 150])
  assert.deepEqual(narrowed([0, 200], 300, 0.5), [50, 150])
  assert.deepEqual(narrowed([6, -6], 3, 0.5), [4.5, -1.5]) // an axis that runs the other way
})

test("a range widens as far as the whole figure", () => {
  assert.deepEqual(narrowed([100, 200], 200, 2, [0, 200]), [0, 200])
  assert.deepEqual(narrowed([0, 120], 60, 2, [0, 200]), [0, 180])
})

test("what lies over a range of x", () => {
  const columns = [{ x: [0, 1, 2, 3], y: [100, 4, 2, null] }, { x: [2, 3], y: [3, NaN] }]
  assert.deepEqual(seen(columns, [1, 3]), [2 - 0.12, 4 + 0.12])
  assert.equal(seen(columns, [5, 6]), null)
  const [low, high] = seen([{ x: [0.01, 0.1], y: [0.1, 10] }], [-2, -1], { x: true, y: true })
  assert.ok(Math.abs(low + 1.12) < 1e-9 && Math.abs(high - 1.12) < 1e-9)
  assert.equal(seen([{ x: [1], y: [-1] }], [0, 2], { x: false, y: true }), null)
  assert.deepEqual(seen([{ x: [1], y: [0] }], [0, 2]), [-0.05, 0.05])
})
