// States over time: which number lies where, where keys lead, what is painted; and their table.
import assert from "node:assert/strict"
import { test } from "node:test"
import { moved, paint, rowAt, rowName } from "../../core/ui/player/strip.js"
import { tableOf } from "../../core/ui/player/table.js"

const arrays = (values) => ({ get: (n) => values[n]?.data, shape: (n) => values[n]?.shape })
const options = { steps: 3, symbols: [], blocks: [
  { array: "h", name: "state", rows: 2, each: "state, unit {k}", signed: true, top: 0, bottom: 4 },
  { array: "f", name: "answer", rows: 1, each: ["no"], signed: false, top: 6, bottom: 9 }] }
const view = arrays({ h: { data: Float32Array.from([-2, 0, 1, 2, 0.5, -1]), shape: [3, 2] }, f: { data: Float32Array.from([0, 0.5, 1]), shape: [3, 1] } })
const fill = (text, values) => text.replace("{k}", values.k)

test("a place belongs to a row of a block, or to none", () => {
  const at = (y) => rowAt(options, y) && [rowAt(options, y).block.array, rowAt(options, y).k]
  assert.deepEqual([0, 1.9, 2, 3.9, 4, 5.9, 6, 8.9, 9].map(at), [["h", 0], ["h", 0], ["h", 1], ["h", 1], undefined, undefined, ["f", 0], ["f", 0], undefined])
  assert.equal(rowName(options.blocks[0], 1, fill), "state, unit 2")
  assert.equal(rowName(options.blocks[1], 0, fill), "answer no")
})

test("keys lead through steps and rows and never beyond them", () => {
  let at = { t: 0, y: 1 }
  const go = (key) => { at = moved(options, at, key); return [at.t, rowAt(options, at.y).block.array, rowAt(options, at.y).k] }
  assert.deepEqual(go("ArrowUp"), [0, "h", 0])
  assert.deepEqual(go("ArrowDown"), [0, "h", 1])
  assert.deepEqual(go("ArrowDown"), [0, "f", 0])
  assert.deepEqual(go("ArrowDown"), [0, "f", 0])
  for (const t of [1, 2, 2]) assert.equal(go("ArrowRight")[0], t)
})

test("signed numbers are painted by their largest, shares as they are, gaps not at all", () => {
  globalThis.ImageData = class { constructor(width, height) { Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) }) } }
  let image
  const canvas = { getContext: () => ({ putImageData: (made) => { image = made } }) }
  const table = (base) => Uint32Array.from({ length: 256 }, (_, i) => base + i)
  paint(canvas, view, options, { signed: table(1000), share: table(2000) })
  assert.deepEqual([canvas.width, canvas.height], [3, 9])
  const pixels = new Uint32Array(image.data.buffer)
  const row = (y) => [...pixels.subarray(3 * y, 3 * y + 3)]
  assert.deepEqual(row(0), [1000, 1192, 1160]) // -2, 1, 0.5 of 2
  assert.deepEqual(row(3), [1128, 1255, 1064]) // 0, 2, -1
  assert.deepEqual(row(4), [0, 0, 0])
  assert.deepEqual(row(6), [2000, 2128, 2255])
})

test("the table of states has a row for each and a column for every step", () => {
  const template = { bindings: [{ kind: "strip", source: ["h", "f"], options }], figure: {} }
  assert.deepEqual(tableOf(template, view, []), { head: ["", 1, 2, 3],
    rows: [["state, unit 1", -2, 1, 0.5], ["state, unit 2", 0, 2, -1], ["answer no", 0, 0.5, 1]] })
  const named = { ...options, symbols: ["a", "b"] }
  const tokens = arrays({ tokens: { data: Uint8Array.from([1, 0, 1]), shape: [3] } })
  assert.deepEqual(tableOf({ ...template, bindings: [{ ...template.bindings[0], options: named }] }, tokens, []).rows, [["", "b", "a", "b"]])
})

test("lines that arrays feed share a column, a text has one row a symbol", () => {
  const template = { bindings: [0, 1].map((trace) => ({ kind: "line", trace, source: ["a"], options: {} })),
    figure: { data: [{ name: "truth" }, { name: "ahead" }], layout: { xaxis: { title: { text: "step" } } } } }
  assert.deepEqual(tableOf(template, view, [{ x: [0, 1], y: [3, 4] }, { x: [1], y: [5] }]), { head: ["step", "truth", "ahead"], rows: [[0, 3, null], [1, 4, 5]] })
  const said = { bindings: [{ kind: "said", source: ["said"], options: { symbols: ["x", "y"] } }], figure: {} }
  assert.deepEqual(tableOf(said, arrays({ said: { data: Uint8Array.from([1, 0]) } }), []).rows, [[1, "y"], [2, "x"]])
})
