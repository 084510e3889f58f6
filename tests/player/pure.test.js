// The player's pure parts: the clock, numbers and sentences, colours, the network's geometry.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { invented } from "../../core/ui/player/charts.js"
import { Clock } from "../../core/ui/player/clock.js"
import { fill, number } from "../../core/ui/player/format.js"
import { spread } from "../../core/ui/player/labels.js"
import * as network from "../../core/ui/player/network.js"
import { Reader } from "../../core/ui/player/records.js"
import { isDark, resolve, table } from "../../core/ui/player/theme.js"

const folder = process.env.PLAYER_FIXTURES

test("an axis says nothing before there is a number, unless its range is given", () => {
  assert.equal(invented({ autorange: true }, [{ y: [] }, {}]), true)
  assert.equal(invented({ autorange: true }, [{ y: [] }, { y: [2] }]), false) // a level line
  assert.equal(invented({ autorange: undefined }, [{ y: [] }]), false)
})

test("the whole run plays in two seconds, never ahead of what has arrived", () => {
  const clock = new Clock(200)
  const reach = { first: undefined, edge: 0, ended: false }
  clock.advance(0, reach)
  assert.equal(clock.advance(100, reach), 0)
  assert.equal(clock.advance(200, { first: 2, edge: 4, ended: false }), 4)
  assert.equal(clock.advance(300, { first: 2, edge: 200, ended: false }), 14)
  clock.speed = 4
  assert.equal(clock.advance(400, { first: 2, edge: 200, ended: false }), 54)
  for (let t = 500; t < 900; t += 100) clock.advance(t, { first: 2, edge: 200, ended: true })
  assert.equal(clock.position, 200)
  assert.equal(clock.playing, false)
})

test("the first trained picture does not wait for the clock", () => {
  const clock = new Clock(2000)
  assert.equal(clock.advance(0, { first: 20, edge: 20, ended: false }), 20)
})

test("scrubbing pauses; skip follows the edge; play at the end starts again", () => {
  const clock = new Clock(100)
  const live = { first: 1, edge: 50, ended: false }
  clock.advance(0, live)
  clock.seek(10)
  assert.equal(clock.advance(500, live), 10)
  assert.equal(clock.moving, false)
  clock.skip(50)
  assert.equal(clock.advance(600, { ...live, edge: 70 }), 70)
  assert.equal(clock.advance(700, { ...live, edge: 100, ended: true }), 100)
  assert.equal(clock.moving, false)
  clock.play({ edge: 100, ended: true })
  assert.equal(clock.advance(800, { ...live, edge: 100, ended: true }), 0)
  assert.equal(clock.advance(900, { ...live, edge: 100, ended: true }), 5)
  clock.seek(100)
  clock.play({ start: 60, edge: 100, ended: true }) // a branch has no pictures before it left
  assert.equal(clock.advance(950, { ...live, edge: 100, ended: true }), 60)
})

test("numbers by Python's format specs, in the page's language", () => {
  assert.equal(number(0.9375, ".2f"), "0.94")
  assert.equal(number(0.01234, ".3g"), "0.0123")
  assert.equal(number(0.9375, ".0%"), "94%")
  assert.equal(number(1234, "d"), "1,234")
  assert.equal(number(1234, "d", "de"), "1.234")
  assert.equal(number(-0.4, ".2f"), "−0.40")
  assert.equal(number(-0.001, ".2f"), "0.00")
  assert.equal(number(null, ".2f"), "–")
  assert.equal(number(undefined), "–")
  assert.equal(fill("Loss {val_loss:.3g} at epoch {epoch}", { epoch: 3, val_loss: 0.5 }), "Loss 0.5 at epoch 3")
  assert.equal(fill("验证 {val_loss:.3g}", {}, "zh"), "验证 –")
})

test("theme tokens and colour tables", () => {
  assert.deepEqual(resolve({ a: ["theme:x", 1], b: { c: "theme:x" }, d: null }, { x: "#fff" }),
    { a: ["#fff", 1], b: { c: "#fff" }, d: null })
  assert.ok(isDark("#0F1317") && !isDark("rgb(255, 255, 255)"))
  const shades = table([[0, "#ff0000"], [0.5, "#000000"], [1, "#0000ff"]])
  assert.equal(shades[0] & 0xff, 254)
  assert.equal(shades[255] >>> 16, 0xfffe)
  assert.equal(shades[128] & 0xff, 0)
  const steps = table([[0, "#ff0000"], [0.5, "#ff0000"], [0.5, "#0000ff"], [1, "#0000ff"]])
  assert.equal(steps[127] >>> 0, 0xff0000ff)
  assert.equal(steps[128] >>> 0, 0xffff0000)
})

test("names of lines keep their order and do not overlap", () => {
  assert.deepEqual(spread([10, 50], 100, 12), [4, 44])
  for (const wishes of [[50, 50, 50], [100, 99, 98, 97], [0, 0, 1], [-40, 500]]) {
    const tops = spread(wishes, 100, 12).sort((a, b) => a - b)
    tops.forEach((top, i) => assert.ok(top >= -6 && top <= 94 && (i === 0 || top - tops[i - 1] >= 12 - 1e-9)))
  }
})

const { options, shapes } = JSON.parse(readFileSync(`${folder}/network.json`, "utf8"))
const { arrays } = new Reader().push(readFileSync(`${folder}/network.bin`))[0]
const tokens = { positive: options.colours.plus, negative: options.colours.minus, muted: options.colours.out }

test("edges are those of core/figures/network.py", () => {
  const found = network.edges(options, arrays, tokens)
  assert.equal(found.length, shapes.length)
  const numbers = (path) => (path.match(/-?[\d.]+/g) ?? []).map(Number)
  found.forEach((shape, i) => {
    assert.deepEqual(shape.line, shapes[i].line)
    const [a, b] = [numbers(shape.path), numbers(shapes[i].path)]
    assert.equal(a.length, b.length)
    const sorted = (v) => [...v].sort((p, q) => p - q)
    sorted(a).forEach((v, k) => assert.ok(Math.abs(v - sorted(b)[k]) < 0.01))
  })
})

test("edges of a neuron that is out are drawn apart", () => {
  const found = network.edges(options, arrays, tokens, new Set(["1,0"]))
  assert.equal(found.length, shapes.length + 1)
  assert.equal(found.at(-1).path.split("M").length - 1, options.layers[0].shown + options.layers[2].shown)
  assert.equal(found.at(-1).line.dash, "dot")
})

test("the weight under a pointer is that of the line drawn there", () => {
  const mix = (p, q, t) => p + (q - p) * t
  for (let n = 0; n < 200; n++) {
    const layer = n % (options.layers.length - 1)
    const [left, right] = [options.layers[layer], options.layers[layer + 1]]
    const [from, to] = [Math.floor(Math.random() * left.shown), Math.floor(Math.random() * right.shown)]
    const half = (right.x - left.x) / 2
    let points = [[left.x, left.ys[from]], [left.x + half, left.ys[from]], [right.x - half, right.ys[to]], [right.x, right.ys[to]]]
    const t = 0.02 + 0.96 * Math.random()
    while (points.length > 1) points = points.slice(1).map((p, i) => [mix(points[i][0], p[0], t), mix(points[i][1], p[1], t)])
    const found = network.edgeAt(options, arrays, points[0], 1e-3)
    const weight = arrays.get(`w${layer}`)[found.from * arrays.shape(`w${layer}`)[1] + found.to]
    assert.equal(found.layer, layer)
    assert.equal(found.weight, weight)
    const blend = (found.from === from && found.to === to) || network.edgeAt(options, arrays, points[0], 1e-9) === null
    assert.ok(blend) // another line only where the two cross
  }
  const [left, right] = options.layers
  assert.equal(network.edgeAt(options, arrays, [(left.x + right.x) / 2, 1e6], 5), null)
  assert.equal(network.edgeAt(options, arrays, [left.x - 1, left.ys[0]], 5), null)
})

test("arrow keys walk over the neurons", () => {
  const first = network.neurons(options)
  assert.equal(network.move(options, 0, "ArrowDown"), 1)
  assert.equal(network.move(options, 0, "ArrowUp"), 0)
  assert.equal(network.move(options, 0, "ArrowLeft"), 0)
  assert.equal(first[network.move(options, 0, "ArrowRight")].layer, 1)
  assert.equal(first[network.move(options, first.length - 1, "ArrowLeft")].layer, options.layers.length - 2)
  assert.equal(network.move(options, -1, "ArrowRight"), 0)
})

test("what is known of a neuron", () => {
  const known = network.facts(options, arrays, { dead_1: 0.25 }, { layer: 1, unit: 1 })
  assert.equal(known.dead, 0.25)
  assert.equal(known.bias, arrays.get("b0")[1])
  assert.equal(known.weights.length, 2)
  assert.ok(Math.abs(known.weights[0][1]) >= Math.abs(known.weights[1][1]))
  assert.deepEqual(known.weights.map(([name]) => name).sort(), ["x₁", "x₂"])
})
