// Two networks against each other in one picture: shades, arrows, bent grids, steps in slow motion; and its table.
import assert from "node:assert/strict"
import { test } from "node:test"
import { hexadecimal, next } from "../../core/ui/player/arena.js"
import { after, arrow, bytes, cells, change, density, moves, shades, threads } from "../../core/ui/player/duel.js"
import { tableOf } from "../../core/ui/player/table.js"

const view = (values) => ({ get: (n) => values[n]?.data, shape: (n) => values[n]?.shape })

test("probabilities keep their shade whatever else is there, scores are spread over all shades", () => {
  assert.deepEqual([...shades([0, 0.5, 1, 0.2], false)], [0, 127, 255, 51])
  assert.deepEqual([...shades([0.2, 0.4], false)], [51, 102])
  assert.deepEqual([...shades([-3, 1, 5], true)], [0, 127, 255])
  assert.deepEqual([...bytes([2, 2], 2, 2)], [0, 0]) // all alike: no division by nothing
  assert.deepEqual([...bytes([-9, 9], 0, 1)], [0, 255])
})

test("an arrow points where it is pulled, grows with the pull, and is never longer than its room", () => {
  let before = 0
  for (const size of [1e-6, 0.01, 0.3, 1, 7, 1e6]) {
    const [x, y] = arrow([0.6 * size, -0.8 * size], 3)
    const length = Math.hypot(x, y)
    assert.ok(length > before && length < 0.42 * 3 + 1e-9)
    assert.ok(Math.abs(x / length - 0.6) < 1e-9 && Math.abs(y / length + 0.8) < 1e-9)
    before = length
  }
  assert.ok(Math.hypot(...arrow([1e-4, 0], 3)) < 1e-3) // a gradient that has vanished is to be seen as one
})

test("what changed is measured against its largest change", () => {
  const found = change([0.5, 0.5, 0.5], [0.5, 0.7, 0.4])
  assert.ok(Math.abs(found.most - 0.2) < 1e-9)
  assert.deepEqual([...found.bytes], [127, 255, 63])
  assert.equal(change([1, 1], [1, 1]).most, 0)
})

test("a change that is little but rounding is told as none", () => {
  assert.equal(change([0.5, 0.5], [0.5, 0.5]).still, true)
  assert.equal(change([0.5, 0.5], [0.5, 0.5 + 5e-6]).still, true)
  assert.equal(change([0.5, 0.5], [0.5, 0.5 - 5e-5]).still, false)
  assert.equal(change([300, -900], [300, -900.005]).still, true) // a critic's scores have other sizes
  assert.equal(change([300, -900], [300, -900.05]).still, false)
  assert.equal(change([0.5], [NaN]).still, false)
  const far = [0, 1e-8, 1e-6, 1e-5, 1e-3, 1].map((step) => moves([0, 0], [step, 0], 3))
  assert.deepEqual(far.map((m) => m.still), [true, true, true, false, false, false])
  assert.ok(far.every(({ moved, times, still }) => still === (moved * times < 0.015)))
})

test("moves are magnified by a round number, as far as the picture has room", () => {
  const before = [0, 0, 1, 1]
  for (const step of [1e-4, 0.002, 0.05, 2]) {
    const { moved, times } = moves(before, [3 * step, 4 * step, 1, 1 + 5 * step], 3)
    assert.ok(Math.abs(moved - 5 * step) < 1e-9)
    assert.ok(/^[125]0*$/.test(String(times)) && (times * moved <= 0.36 || times === 1))
  }
  assert.equal(moves(before, before, 3).moved, 0)
})

test("a bent grid has its lines along both directions, a bent line is one", () => {
  const grid = Array.from({ length: 12 }, (_, i) => i)
  const lines = threads(grid, [2, 3])
  assert.deepEqual(lines, [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]], [[0, 1], [6, 7]], [[2, 3], [8, 9]], [[4, 5], [10, 11]]])
  assert.deepEqual(threads([0, 1, 2, 3, 4, 5], [3, 1]), [[[0, 1], [2, 3], [4, 5]]])
})

test("after the discriminator's step no fake has moved, after the generator's the verdict is as it was left", () => {
  const run = view({ surface: { data: "S" }, fake: { data: "F" }, manifold: { data: "M" }, arrows: { data: "A" }, real: { data: "R" } })
  const answer = view({ surface_d: { data: "S1" }, arrows_d: { data: "A1" }, fake_g: { data: "F2" }, manifold_g: { data: "M2" }, arrows_g: { data: "A2" } })
  const seen = (stage, given = answer) => ["surface", "fake", "manifold", "arrows", "real"].map((n) => after(given, stage, run).get(n))
  assert.deepEqual(seen("d"), ["S1", "F", "M", "A1", "R"])
  assert.deepEqual(seen("g"), ["S1", "F2", "M2", "A2", "R"])
  const later = view({ surface_0: { data: "S0" }, fake_0: { data: "F0" }, manifold_0: { data: "M0" }, surface_d: { data: "S1" }, arrows_d: { data: "A1" }, fake_g: { data: "F2" } })
  assert.deepEqual(seen("d", later), ["S1", "F0", "M0", "A1", "R"]) // of a later pair nothing is as in the picture of the run
  assert.equal(after(later, "g", run).before.fake, "F0")
})

test("steps alternate, pair by pair", () => {
  let now = { stage: "", pair: 0 }
  const seen = Array.from({ length: 4 }, () => { now = next(now); return `${now.stage}${now.pair}` })
  assert.deepEqual(seen, ["d1", "g1", "d2", "g2"])
})

test("a side that takes no step is skipped", () => {
  for (const [rests, wanted] of [["d", ["g1", "g2", "g3"]], ["g", ["d1", "d2", "d3"]]]) {
    let now = { stage: "", pair: 0 }
    assert.deepEqual(wanted.map(() => { now = next(now, rests); return `${now.stage}${now.pair}` }), wanted)
  }
})

test("a bent grid’s cells have their four corners in a ring, and are the darker the smaller they are", () => {
  const grid = Array.from({ length: 12 }, (_, i) => i)
  assert.deepEqual(cells(grid, [2, 3]), [[[0, 1], [2, 3], [8, 9], [6, 7]], [[2, 3], [4, 5], [10, 11], [8, 9]]])
  assert.deepEqual(cells([0, 1, 2, 3], [2, 1]), []) // a line has none
  const found = [0, 0.01, 0.09, 1, 100].map((size) => density(size, 400, 3))
  assert.ok(found.every((v, i) => i === 0 || v < found[i - 1]) && Math.abs(found[2] - found[0] / 2) < 1e-9)
})

test("a drawing is written as the page reads it: four cells a digit, row by row", () => {
  const cells = Array.from({ length: 576 }, (_, i) => (i % 4 === 0 || i === 575 ? "1" : "0"))
  assert.equal(hexadecimal(cells), `${"8".repeat(143)}9`)
})

test("the table has real points beside fakes", () => {
  const template = { bindings: [{ kind: "duel", source: [], options: { words: { parts: { real: "real", fake: "fake" } } } }], figure: {} }
  const found = tableOf(template, view({ real: { data: [1, 2] }, fake: { data: [3, 4, 5, 6] } }), [], {})
  assert.deepEqual(found, { head: ["#", "real x₁", "real x₂", "fake x₁", "fake x₂"], rows: [[1, 1, 2, 3, 4], [2, null, null, 5, 6]] })
})
