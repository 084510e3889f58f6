// A painted kernel and those that are like it, against NumPy's corrcoef; and which maps of a layer are drawn.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { closest, likeness, turned } from "../../core/ui/player/kernel.js"
import { next, page } from "../../core/ui/player/maps.js"

const cases = JSON.parse(readFileSync(`${process.env.PLAYER_FIXTURES}/kernels.json`, "utf8"))

test("likeness is the correlation with the sum over the channels", () => {
  for (const { cells, weights, shape, alike } of cases) {
    const found = likeness(cells, Float64Array.from(weights), shape)
    assert.equal(found.length, alike.length)
    found.forEach((r, k) => (alike[k] === null ? assert.equal(r, null) : assert.ok(Math.abs(r - alike[k]) < 1e-9, `${r} is not ${alike[k]}`)))
  }
})

test("what has no pattern, or another size, is like nothing", () => {
  const { weights, shape } = cases[0]
  for (const cells of [Array(9).fill(0), Array(9).fill(0.1), [1, 2, 3, 4]]) {
    assert.ok(likeness(cells, weights, shape).every((r) => r === null))
    assert.deepEqual(closest(likeness(cells, weights, shape), 32), [])
  }
})

test("the most alike come first, whatever their sign, of those that are shown", () => {
  assert.deepEqual(closest([0.1, -0.9, null, 0.8, 0.3, 0.95], 5), [1, 3, 4])
  assert.deepEqual(closest([0.1, -0.9, null, 0.8, 0.3, 0.95], 6, 2), [5, 1])
})

test("a press makes a cell blue, then orange, then empty", () => {
  assert.deepEqual(["0", "1", "-1", "2", "-0.5"].map(turned), ["1", "-1", "0", "-1", "0"])
})

test("pages of maps show every map, as many at a time, and begin again", () => {
  for (const [shown, size] of [[16, 32], [16, 64], [16, 40], [8, 17], [16, 16]]) {
    const seen = new Set()
    let first = 0
    for (let n = 0; n < Math.ceil(size / shown); n++) {
      assert.ok(first >= 0 && first + shown <= size)
      for (let unit = first; unit < first + shown; unit++) seen.add(unit)
      first = next(first, shown, size)
    }
    assert.equal(seen.size, size)
    assert.equal(first, 0)
    for (let unit = 0; unit < size; unit++) {
      const from = page(0, unit, shown, size)
      assert.ok(from <= unit && unit < from + shown && from + shown <= size)
      assert.equal(page(from, unit, shown, size), from)
    }
  }
})
