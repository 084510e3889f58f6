// Drawing the next symbol: temperature, top-k and top-p against their definitions, and a text drawn again with the same luck.
import assert from "node:assert/strict"
import { test } from "node:test"
import { again, chance, chances, drawn, likeliest, luck, PLAIN } from "../../core/ui/player/sampling.js"

const close = (a, b) => a.forEach((v, i) => assert.ok(Math.abs(v - b[i]) < 1e-9, `${a} is not ${b}`))
const some = (n, seed) => Float32Array.from({ length: n }, (_, i) => 6 * chance(seed, i) - 3)

test("temperature divides the logits before the softmax", () => {
  for (let seed = 0; seed < 20; seed++) {
    const logits = some(9, seed)
    for (const temperature of [0.1, 0.5, 1, 2]) {
      const e = Array.from(logits, (v) => Math.exp(v / temperature))
      const total = e.reduce((a, b) => a + b)
      close(chances(logits, { ...PLAIN, temperature }), e.map((v) => v / total))
    }
  }
})

test("top-k keeps the k likeliest, top-p the fewest that hold the share, both summing to one", () => {
  for (let seed = 0; seed < 30; seed++) {
    const logits = some(12, seed)
    const plain = chances(logits)
    const order = plain.map((_, i) => i).sort((a, b) => plain[b] - plain[a])
    for (const k of [1, 3, 12]) {
      const found = chances(logits, { ...PLAIN, k })
      assert.deepEqual(found.map((v, i) => [v, i]).filter(([v]) => v > 0).map(([, i]) => i).sort(), order.slice(0, k).sort())
      assert.ok(Math.abs(found.reduce((a, b) => a + b) - 1) < 1e-12)
    }
    for (const p of [0.1, 0.5, 0.9]) {
      const found = chances(logits, { ...PLAIN, p })
      const left = found.filter((v) => v > 0).length
      const held = (n) => order.slice(0, n).reduce((a, i) => a + plain[i], 0)
      assert.ok(held(left) >= p && (left === 1 || held(left - 1) < p))
      assert.ok(Math.abs(found.reduce((a, b) => a + b) - 1) < 1e-12)
    }
  }
  close(chances([0, 0, 0, 0], { temperature: 1, k: 2, p: 1 }), [0.5, 0.5, 0, 0]) // the first of equals
})

test("a number draws a symbol as often as it is likely", () => {
  const p = [0.5, 0.1, 0, 0.4]
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 1000; i++) counts[drawn(p, (i + 0.5) / 1000)]++
  assert.deepEqual(counts, [500, 100, 0, 400])
  assert.equal(drawn([0.2, 0.8], 1), 1) // whatever rounding leaves over
})

test("numbers from a seed are spread evenly, and others from another", () => {
  const found = Array.from({ length: 4000 }, (_, i) => chance(3, i))
  for (let bin = 0; bin < 10; bin++) assert.ok(Math.abs(found.filter((u) => Math.floor(10 * u) === bin).length - 400) < 90)
  assert.notDeepEqual(found.slice(0, 5), Array.from({ length: 5 }, (_, i) => chance(4, i)))
})

test("a text drawn again with the same luck stays as it is, and changes where its symbol is no longer drawn", () => {
  for (let seed = 0; seed < 20; seed++) {
    const rows = Array.from({ length: 30 }, (_, i) => some(7, 100 * seed + i))
    const text = rows.map((row, i) => drawn(chances(row), chance(seed, i)))
    const lucks = text.map((symbol, i) => luck(rows[i], symbol, PLAIN, chance(seed + 1, i)))
    assert.equal(again(text, rows, lucks, PLAIN), null)
    const cold = { temperature: 0.1, k: 1, p: 1 }
    const best = rows.map((row) => row.indexOf(Math.max(...row)))
    const first = best.findIndex((symbol, i) => symbol !== text[i])
    assert.deepEqual(again(text, rows, lucks, cold), { i: first, next: best[first] })
  }
})

test("the likeliest come first, with the network's own probability and that after the settings", () => {
  const found = likeliest([0, 2, 1], { temperature: 1, k: 1, p: 1 }, 2)
  assert.deepEqual(found.map((f) => f.symbol), [1, 2])
  assert.deepEqual(found.map((f) => f.p), [1, 0])
  assert.ok(found[0].own > found[1].own && found[0].own < 1)
})
