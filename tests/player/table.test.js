// The numbers behind a figure, as a table and as a file.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Aggregate } from "../../core/ui/player/aggregate.js"
import { csv, tableOf } from "../../core/ui/player/table.js"

const arrays = (values) => ({ has: (n) => n in values, get: (n) => values[n]?.data, shape: (n) => values[n]?.shape })
const none = arrays({})

test("curves share a column of epochs", () => {
  const template = { bindings: [0, 1, 2].map((trace) => ({ kind: "curve", trace, source: ["loss"], options: {} })),
    figure: { data: [{ name: "training" }, { name: "valid<b>ation</b>" }, {}], layout: { xaxis: { title: { text: "epoch" } } } } }
  const columns = [{ x: [0, 1], y: [0.5, null] }, { x: [1, 2], y: [3, 4] }, { x: [7], y: [7] }]
  assert.deepEqual(tableOf(template, none, columns), { head: ["epoch", "training", "validation"],
    rows: [[0, 0.5, null], [1, null, 3], [2, null, 4]] })
})

// As core/figures/group.py makes them: a band and its median, and the single runs of a sweep.
const grouped = (names, xaxis, over = "", each = false) => {
  const sources = names.flatMap((_, set) => [...["low", "high", "median"], ...(each ? ["each"] : [])].map((what) => `${set}:${what}:score${over}`))
  return { bindings: sources.map((source, trace) => ({ kind: "curve", trace, source: [source], options: {} })),
    figure: { data: sources.map((source) => (source.includes("median") ? { name: names[source[0]] } : {})), layout: { xaxis } } }
}
const group = new Aggregate([["r", 0], ["s", 0], ["t", 1], ["u", 1]].map(([run, x]) => ({ run, x, set: 0 })), (run) => (
  { rows: [{ epoch: 0, score: { r: 4, s: 1, t: 2, u: NaN }[run] }], end: { state: "finished" } }))
const tabled = (template) => tableOf(template, none, template.bindings.map((b) => group.column(b.source[0])))

test("a sweep has its values as they are written, its band and every run", () => {
  const xaxis = { title: { text: "learning rate" }, tickvals: [0, 1, 2], ticktext: ["0.001", "<b>0.1</b>", "1"] }
  assert.deepEqual(tabled(grouped(["median"], xaxis, ":x", true)), { head: ["learning rate", "min", "max", "median", "#1", "#2"],
    rows: [["0.001", 1, 4, 2.5, 4, 1], ["0.1", 2, 2, 2, 2, null]] })
})

test("the bands of seeds say whose they are, where there are two", () => {
  const xaxis = { title: { text: "epoch" } }
  assert.deepEqual(tabled(grouped(["this"], xaxis)), { head: ["epoch", "min", "max", "this"], rows: [[0, 1, 4, 2]] })
  assert.deepEqual(tabled(grouped(["this", "A"], xaxis)).head, ["epoch", "this · min", "this · max", "this", "A · min", "A · max", "A"])
})

test("a confusion matrix names its classes", () => {
  const template = { bindings: [{ kind: "matrix", trace: 0, source: ["confusion"] }],
    figure: { data: [{ customdata: [[["a", "a"], ["a", "b"]], [["b", "a"], ["b", "b"]]] }], layout: {} } }
  const view = arrays({ confusion: { data: Int32Array.from([1, 2, 3, 4]), shape: [2, 2] } })
  assert.deepEqual(tableOf(template, view, []), { head: ["", "a", "b"], rows: [["a", 1, 2], ["b", 3, 4]] })
  assert.deepEqual(tableOf(template, none, []).rows, [["a"], ["b"]])
})

test("a surface has its places in the margins, and values or classes within", () => {
  const layout = { xaxis: { title: { text: "x₁" } }, yaxis: { title: { text: "x₂" } } }
  const options = { domain: [-1, 1, -2, 2], lo: 0, hi: 1, classes: ["red", "blue"] }
  const view = arrays({ s: { data: Uint8Array.from([0, 255, 51, 1, 0, 102]), shape: [2, 3] } })
  const template = { bindings: [{ kind: "heatmap", trace: 0, source: ["s"], options }], figure: { data: [], layout } }
  assert.deepEqual(tableOf(template, view, []), { head: ["x₂ \\ x₁", -1, 0, 1], rows: [[-2, 0, 1, 0.2], [2, 0.004, 0, 0.4]] })
  template.bindings[0].source = ["c", "p"]
  const classes = arrays({ c: { data: Uint8Array.from([0, 1]), shape: [1, 2] } })
  assert.deepEqual(tableOf(template, classes, []).rows[0].slice(1), ["red", "blue"])
  assert.deepEqual(tableOf(template, none, []), { head: [], rows: [] })
})

test("a network is its weights and biases", () => {
  const words = { layer: "layer", from: "from", to: "to", weight: "weight", bias_term: "bias" }
  const view = arrays({ w0: { data: [1, 2, 3, 4], shape: [2, 2] }, b0: { data: [5, 6], shape: [2] }, w1: { data: [7, 8], shape: [2, 1] } })
  const { rows } = tableOf({ bindings: [{ kind: "network", trace: 0, options: {} }], figure: {} }, view, [], words)
  assert.deepEqual(rows, [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 1, 3], [1, 2, 2, 4], [1, "bias", 1, 5], [1, "bias", 2, 6], [2, 1, 1, 7], [2, 2, 1, 8]])
})

test("maps lead to an answer", () => {
  const options = { hint: "click", names: ["image", "map 1", "cat", "dog"] }
  const view = arrays({ answer: { data: [0.25, 0.75], shape: [2] } })
  assert.deepEqual(tableOf({ bindings: [{ kind: "network", trace: 0, options }], figure: {} }, view, []).rows, [["cat", 0.25], ["dog", 0.75]])
})

test("pictures have what stands below them and their numbers", () => {
  const options = { values: { said: "said", sure: "sure" }, named: ["said"], classes: ["cat", "dog"] }
  const view = arrays({ p: { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 1, 2, 1] }, said: { data: [1, 0] }, sure: { data: [0.5, 1] } })
  const template = { bindings: [{ kind: "images", trace: 0, source: ["p"], options }], figure: {} }
  assert.deepEqual(tableOf(template, view, []), { head: ["#", "said", "sure", 1, 2], rows: [[1, "dog", 0.5, 1, 2], [2, "cat", 1, 3, 4]] })
  assert.deepEqual(tableOf(template, none, []), { head: [], rows: [] })
})

test("a cloud is its places and whose they are", () => {
  const bindings = [0, 1].map((trace) => ({ kind: "cloud", trace, source: ["c", "t"], options: { class: trace } }))
  const view = arrays({ c: { data: [1, 2, 3, 4], shape: [2, 2] }, t: { data: [1, 0] } })
  assert.deepEqual(tableOf({ bindings, figure: { data: [{ name: "a" }, { name: "b" }], layout: {} } }, view, []).rows, [["b", 1, 2], ["a", 3, 4]])
})

test("a file keeps what a table has, whatever is in it", () => {
  assert.equal(csv({ head: ["a", 'b,"c"'], rows: [[0.1, null], ["x\ny", -2]] }), 'a,"b,""c"""\n0.1,\n"x\ny",-2\n')
})
