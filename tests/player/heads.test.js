// Attention maps and lines: where they stand, what lies under a pointer, where keys lead, which lines are drawn; and their tables.
import assert from "node:assert/strict"
import { test } from "node:test"
import { answers, lines, placeAt, rows, symbols } from "../../core/ui/player/flow.js"
import { at, grid, moved, name, shade, tone, weights } from "../../core/ui/player/heads.js"
import { tableOf } from "../../core/ui/player/table.js"

const arrays = (values) => ({ get: (n) => values[n]?.data, shape: (n) => values[n]?.shape })
const SIZES = [[1, 1, 430, 316], [2, 2, 430, 316], [6, 8, 430, 316], [1, 8, 300, 200], [3, 5, 900, 316], [6, 1, 330, 316]]

test("the maps are as large as the room lets them be, within it, and apart from each other", () => {
  for (const [layers, heads, width, height] of SIZES) {
    const { side, places, columns } = grid(layers, heads, { width, height })
    assert.equal(places.length, layers * heads)
    assert.ok(side > 0, `${layers} × ${heads}`)
    for (const p of places) assert.ok(p.x >= 0 && p.x + side <= width + 1 && p.y >= 15 && p.y + side <= height + 1, JSON.stringify([layers, heads, p, side]))
    for (const p of places) for (const q of places) if (p !== q) assert.ok(Math.abs(p.x - q.x) >= side || Math.abs(p.y - q.y) >= side + 15)
    const larger = side + 2 // no other number of columns has room for that
    for (let n = 1; n <= heads; n++) {
      const lines = layers * Math.ceil(heads / n)
      assert.ok(n * (larger + 8) - 8 > width || lines * (larger + 15 + 8) - 8 > height)
    }
    assert.ok(columns >= 1 && columns <= layers * heads)
  }
})

test("many layers stand beside one another rather than being stamps in a column", () => {
  const { side, places } = grid(6, 2, { width: 400, height: 330 })
  assert.ok(side > 80, `${side}`)
  assert.deepEqual(places.slice(0, 4).map((p) => p.y === places[0].y), [true, true, true, true])
})

test("a pointer finds the cell of a map, its name, or nothing", () => {
  const found = grid(2, 3, { width: 430, height: 316 })
  const { side, places } = found
  for (const p of places) {
    const cell = at(found, { x: p.x + 0.9 * side, y: p.y + 0.1 * side }, 10)
    assert.deepEqual(cell, { layer: p.layer, head: p.head, from: 1, to: 9 })
    assert.deepEqual(at(found, { x: p.x + 3, y: p.y - 5 }, 10), { layer: p.layer, head: p.head })
    assert.equal(at(found, { x: p.x + side + 4, y: p.y + 5 }, 10), null)
  }
})

test("arrow keys lead from head to head and never beyond", () => {
  const found = grid(2, 2, { width: 430, height: 316 })
  const way = ["ArrowLeft", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"]
  let now = { layer: 1, head: 1 }
  const seen = way.map((key) => name((now = moved(found, now, key))))
  assert.deepEqual(seen, ["1.1", "1.2", "1.2", "2.2", "2.2", "2.1", "1.1", "1.1"])
})

test("shades show small weights, and heads have colours of their own", () => {
  assert.deepEqual([0, 1 / 32, 0.25, 1].map(shade), [0, 45, 128, 255])
  assert.deepEqual([1, 2].flatMap((layer) => [1, 2].map((head) => tone({ layer, head }, 2))), ["layer0", "layer1", "layer2", "layer3"])
  assert.deepEqual([...weights(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 2, 2)], [5, 6, 7, 8])
})

const options = { layers: 1, symbols: ["A", " ", "?"], answers: ["A", " "], pooled: false, words: { lower: "who", says: "answer", wanted: "right" } }
const view = arrays({ tokens: { data: [0, 1, 2], shape: [3] }, truth: { data: [-1, 1, 0], shape: [3] }, said: { data: [0, 1, 1], shape: [3] },
  p: { data: Float32Array.from([1, 0, 0.25, 0.75, 0.5, 0.5]), shape: [3, 2] },
  a_1: { data: Float32Array.from([1, 0, 0, 0.5, 0.49, 0.01, 0, 0.2, 0.8, 0, 0, 1, 1, 0, 0, 0, 1, 0]), shape: [2, 3, 3] } })

test("lines are drawn for what is looked at, of all heads or one, of all places or one", () => {
  const told = (found) => found.map(({ from, to, weight, one }) => `${one.head}:${from}>${to} ${weight.toFixed(2)}`)
  assert.deepEqual(told(lines(view, [{ layer: 1, head: 1 }], 3)), ["1:0>0 1.00", "1:1>0 0.50", "1:1>1 0.49", "1:2>1 0.20", "1:2>2 0.80"])
  assert.deepEqual(told(lines(view, [{ layer: 1, head: 1 }, { layer: 1, head: 2 }], 3, { i: 1, upper: false })), ["1:1>0 0.50", "1:1>1 0.49", "2:1>0 1.00"])
  assert.deepEqual(told(lines(view, [{ layer: 1, head: 2 }], 3, { i: 1, upper: true })), ["2:2>1 1.00"])
  assert.deepEqual(lines(view, [{ layer: 2, head: 1 }], 3), [])
})

test("answers are right or wrong, and none where none is asked", () => {
  const found = answers(view, options)
  assert.equal(found[0], null)
  assert.deepEqual([found[1].text, found[1].right, found[1].p], ["␣", true, 0.75])
  assert.deepEqual([found[2].right, found[2].wanted], [false, "A"])
  assert.deepEqual(symbols(view, options), ["A", "␣", "?"])
})

test("a place of the sequence is found by its column and its row", () => {
  for (const [width, n] of [[430, 8], [300, 32], [900, 64]]) {
    const found = rows({ width, height: 370 }, n, 1)
    assert.ok(found.upper < found.lower && found.lower < found.answers && found.answers < found.right && found.right < 370)
    for (let i = 0; i < n; i++) {
      const x = found.left + (i + 0.5) * found.step
      assert.deepEqual(placeAt(found, n, { x, y: found.upper }), { i, upper: true })
      assert.deepEqual(placeAt(found, n, { x, y: found.answers }), { i, upper: false })
    }
    assert.equal(placeAt(found, n, { x: 5, y: 50 }), null)
  }
})

test("their tables have every weight, and every answer beside the right one", () => {
  const maps = { bindings: [{ kind: "heads", source: ["a_1"], options: { heads: 2, words: { name: "layer {layer}, head {head}" } } }], figure: {} }
  const { head, rows: all } = tableOf(maps, view, [])
  assert.deepEqual(head, ["", "#", 1, 2, 3])
  assert.equal(all.length, 6)
  assert.deepEqual(all[4].slice(0, 2), ["layer 1, head 2", 2])
  assert.deepEqual([...all[3].slice(2)], [0, 0, 1])
  const flow = { bindings: [{ kind: "flow", source: ["tokens"], options }], figure: {} }
  assert.deepEqual(tableOf(flow, view, []).rows, [[1, "A", null, null], [2, " ", " ", " "], [3, "?", " ", "A"]])
})
