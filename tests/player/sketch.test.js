import assert from "node:assert/strict"
import test from "node:test"

import { Sketch, verdict } from "../../core/ui/player/sketch.js"
import * as strokes from "../../core/ui/player/strokes.js"
import * as subjects from "../../core/ui/player/subject.js"
import * as surfaces from "../../core/ui/player/surface.js"
import * as trials from "../../core/ui/player/trial.js"

const { RADIUS, SIDE, distance, encoded, moved, raster, smooth } = strokes

const random = (seed) => () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)

test("a smooth stroke ends where it was drawn, and stays within its points' box", () => {
  const next = random(7)
  for (let n = 1; n < 9; n++) {
    const points = Array.from({ length: n }, () => [next(), next()])
    const path = smooth(points)
    assert.deepEqual(path[0], points[0])
    path.at(-1).forEach((v, i) => assert.ok(Math.abs(v - points.at(-1)[i]) < 1e-12))
    for (const i of [0, 1]) {
      const [low, high] = [Math.min(...points.map((p) => p[i])), Math.max(...points.map((p) => p[i]))]
      assert.ok(path.every((p) => p[i] >= low - 1e-12 && p[i] <= high + 1e-12))
    }
  }
})

test("points on a straight line stay there", () => {
  for (const [x, y] of smooth([[0, 0], [0.2, 0.1], [0.5, 0.25], [1, 0.5]])) assert.ok(Math.abs(y - x / 2) < 1e-12)
})

test("a distance is the least one to any place of the line", () => {
  const next = random(3)
  for (let n = 0; n < 200; n++) {
    const [p, a, b] = [0, 1, 2].map(() => [next(), next()])
    const all = Array.from({ length: 2001 }, (_, i) => Math.hypot(...[0, 1].map((k) => p[k] - a[k] - (i / 2000) * (b[k] - a[k]))))
    assert.ok(Math.abs(distance(p, a, b) - Math.min(...all)) < 1e-3)
  }
  assert.equal(distance([3, 4], [0, 0], [0, 0]), 5) // a line that is a point
})

test("a brush leaves the area that it covers", () => {
  const sum = (ink) => ink.reduce((a, b) => a + b, 0) / 255
  const dot = sum(raster([[[0.5, 0.5]]]))
  assert.ok(Math.abs(dot - Math.PI * RADIUS ** 2) < 1, `${dot}`)
  const line = raster([[[0.25, 0.5], [0.75, 0.5]]])
  assert.ok(Math.abs(sum(line) - dot - SIDE * RADIUS) < 1) // half the side long, twice the radius wide
  assert.equal(line.length, SIDE * SIDE)
  assert.equal(Math.max(...line), 255)
  assert.equal(sum(raster([])), 0)
  assert.deepEqual(raster([[[0.25, 0.5], [0.75, 0.5]], [[0.75, 0.5], [0.25, 0.5]]]), line) // twice over one place is once
})

test("ink at the rim, and beyond it, goes nowhere else", () => {
  const ink = raster([[[0, 0], [0, 1]]])
  for (let i = 0; i < ink.length; i++) assert.equal(ink[i] > 0, i % SIDE < Math.ceil(RADIUS), `${i}`)
})

test("bytes are told in base64", () => {
  const bytes = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * 37) % 256)
  assert.deepEqual(new Uint8Array(Buffer.from(encoded(bytes), "base64")), bytes)
})

test("a pen stays on its surface", () => {
  assert.deepEqual(moved([0, 1], "ArrowLeft"), [0, 1])
  assert.deepEqual(moved([0, 1], "ArrowDown"), [0, 1])
  assert.ok(moved([0.5, 0.5], "ArrowUp")[1] < 0.5)
  assert.equal(moved([0.5, 0.5], "Tab"), null)
})

test("the likeliest class is what is said", () => {
  assert.deepEqual(verdict([0.1, 0.7, 0.2], ["a", "b", "c"]), { said: "b", sure: 0.7 })
})

// A surface without a browser: what pointer and keyboard do is called by hand.
function surface() {
  const made = []
  const element = (tag) => {
    const e = { tag, style: {}, listeners: {}, classList: { add() {}, toggle() {} }, append() {}, setAttribute() {}, clientWidth: 0, clientHeight: 0,
      addEventListener(kind, act) { e.listeners[kind] = act }, focus() { e.listeners.focus?.() } }
    made.push(e)
    return e
  }
  globalThis.document = { createElement: element }
  let on
  const pointer = { follow: (_element, listeners) => { on = listeners }, clamp: (v) => Math.min(Math.max(v, 0), 1) }
  const asked = []
  const sketch = new Sketch({ pointer, strokes, subjects, trials, surfaces })
  Object.assign(sketch, { busy: () => false, ask: () => asked.push([sketch.drawing, sketch.live]) })
  const chart = { card: element("figure"), title: element("figcaption"), plot: element("div"), sketch: { options: { classes: [], words: {} } } }
  sketch.add(chart)
  const slate = made.find((e) => e.tag === "canvas")
  Object.assign(slate, { clientWidth: 0, clientHeight: 100 })
  const [undo, clear] = made.filter((e) => e.tag === "button")
  return { sketch, asked, on, chart, undo, clear }
}

const text = (...strokes) => encoded(raster(strokes))

test("the keyboard draws, wipes, and takes back a stroke", () => {
  const { sketch, asked, on } = surface()
  assert.equal(on.key({ key: "ArrowRight" }), true)
  assert.equal(asked.length, 0) // the pen is up
  on.key({ key: " " })
  on.key({ key: "ArrowDown" })
  on.key({ key: " " })
  assert.equal(sketch.strokes.length, 1)
  assert.deepEqual(asked, [[text(sketch.strokes[0]), false]])
  const [first] = sketch.strokes
  on.key({ key: " " })
  on.key({ key: " " })
  assert.equal(sketch.strokes.length, 2)
  on.key({ key: "Backspace" })
  assert.deepEqual(sketch.strokes, [first])
  on.key({ key: "Escape" })
  assert.deepEqual(asked.at(-1), [null, false])
  assert.equal(on.key({ key: "Tab" }), false)
})

test("the last chosen counts: a drawing, or a picture", () => {
  const { sketch, asked, on, undo, clear } = surface()
  on.key({ key: " " })
  on.key({ key: " " })
  const drawing = sketch.drawing
  assert.ok(drawing)
  sketch.leave()
  assert.equal(sketch.drawing, null)
  assert.equal(sketch.strokes.length, 1) // it stays on its surface
  on.key({ key: " " })
  on.key({ key: " " })
  undo.listeners.click()
  assert.equal(sketch.drawing, drawing)
  clear.listeners.click()
  assert.equal(asked.at(-1)[0], null)
})

test("a drawing outlives its card, and counts only where there is one", () => {
  const { sketch, on, chart } = surface()
  on.key({ key: " " })
  on.key({ key: " " })
  const drawing = sketch.drawing
  sketch.refresh(undefined) // a set in colour
  assert.equal(sketch.drawing, null)
  sketch.add(chart)
  assert.equal(sketch.drawing, drawing)
})

test("while something is drawn it is asked about, but not while an answer is still to come", async () => {
  const { sketch, asked, on } = surface()
  let busy = true
  sketch.busy = () => busy
  on.key({ key: " " })
  on.key({ key: "ArrowDown" })
  await new Promise((resolve) => setTimeout(resolve, 260))
  assert.equal(asked.length, 0)
  busy = false
  await new Promise((resolve) => setTimeout(resolve, 260))
  assert.deepEqual(asked, [[text(sketch.strokes[0]), true]])
  on.key({ key: " " })
  assert.equal(asked.at(-1)[1], false)
})

// The same with all that changes what is on the surface.
function trial(options = {}) {
  const { sketch, asked, on, chart } = surface()
  Object.assign(chart.sketch.options, { change: true, draws: true, ...options })
  const [wished, waits] = [[], []]
  Object.assign(sketch, { ask: () => wished.push([sketch.wishes, sketch.quick]), chart, trial: { set() {}, name() {}, wait: (on) => waits.push(on) } })
  Object.assign(chart, { tools: { format: { fill: String } } })
  sketch.language = () => "en"
  sketch.slate.clientWidth = 0
  return { sketch, asked, on, chart, wished, waits }
}

test("what is dragged is shifted by as much, and asked about at once and again at rest", async () => {
  const { sketch, on, wished, waits } = trial({ draws: false })
  assert.deepEqual(waits, [])
  for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"]) assert.equal(on.key({ key }), true)
  const change = { turn: 0, right: 0.04, down: -0.02, noise: 0 }
  assert.deepEqual(wished.at(-1), [{ change }, true])
  assert.ok(waits.length && waits.every(Boolean)) // what is said is about what was there before
  await new Promise((resolve) => setTimeout(resolve, 450))
  assert.deepEqual(wished.at(-1), [{ change }, false])
  assert.equal(on.key({ key: "Escape" }), true)
  assert.deepEqual(wished.at(-1), [{}, true]) // as it is again
  assert.equal(sketch.strokes.length, 0) // nothing is drawn on a picture in colour
})

test("a picture of the page stands there until something is drawn, and comes back when that is wiped", () => {
  const { sketch, on, chart } = trial()
  const picture = { data: "AAAA", shape: [1, 3, 1] }
  chart.sketch.options.picture = picture
  sketch.refresh(chart)
  assert.equal(sketch.picture, "AAAA")
  on.key({ key: " " })
  on.key({ key: " " })
  assert.equal(sketch.picture, null)
  assert.ok(sketch.drawing)
  sketch.refresh(chart) // the same picture, in another language perhaps: it is not new
  assert.ok(sketch.drawing)
  on.key({ key: "Escape" })
  assert.deepEqual([sketch.drawing, sketch.picture], [null, "AAAA"])
  sketch.leave()
  assert.equal(sketch.picture, null)
  chart.sketch.options.picture = { ...picture, data: "BBBB" }
  sketch.refresh(chart)
  assert.equal(sketch.picture, "BBBB")
})
