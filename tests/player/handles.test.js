import assert from "node:assert/strict"
import test from "node:test"
import { nearestOnRail, onRail, settled } from "../../core/ui/player/handles.js"

const free = { rail: [], fields: ["x", "y"], bounds: [[-2, 2], [null, 3]], offset: [0, 0], step: 0.05, snap: [], rays: [] }

test("a free handle is rounded to its step and kept within its bounds", () => {
  assert.deepEqual(settled(free, [0.512, -7.03], [100, 100]), { at: [0.5, -7.05], values: { x: 0.5, y: -7.05 } })
  assert.deepEqual(settled(free, [5, 5], [100, 100]).values, { x: 2, y: 3 })
})

test("what is taken off is taken off", () => {
  assert.deepEqual(settled({ ...free, offset: [1, 2] }, [1.5, 2.25], [100, 100]), { at: [1.5, 2.25], values: { x: 0.5, y: 0.25 } })
})

test("a line and a place pull within ten pixels, a keyboard is not pulled", () => {
  const pulled = settled({ ...free, rays: [[1, 1]] }, [1.02, 0.95], [100, 100])
  assert.ok(Math.abs(pulled.values.x - pulled.values.y) < 1e-9)
  assert.deepEqual(settled({ ...free, rays: [[1, 1]] }, [1.02, 0.95], [100, 100], 0).values, { x: 1, y: 0.95 })
  assert.deepEqual(settled({ ...free, snap: [[1 / 3, 0]] }, [0.3, 0.05], [100, 100]).at, [1 / 3, 0])
  assert.deepEqual(settled({ ...free, snap: [[1 / 3, 0]] }, [0.3, 0.05], [1000, 1000]).at, [0.3, 0.05])
})

const circle = Array.from({ length: 101 }, (_, i) => [i / 100, Math.cos(i / 50), Math.sin(i / 50)])

test("a handle on a rail comes to the nearest place on it", () => {
  const rail = { ...free, rail: circle, fields: ["t"], step: 0.01 }
  const { at, values } = settled(rail, [3 * Math.cos(1), 3 * Math.sin(1)], [50, 50])
  assert.equal(values.t, 0.5)
  assert.ok(Math.hypot(at[0] - Math.cos(1), at[1] - Math.sin(1)) < 1e-9)
  assert.equal(settled(rail, [9, -9], [50, 50]).values.t, 0)
})

test("a value and its place on a rail belong together", () => {
  for (const value of [0, 0.137, 0.5, 0.994, 1]) assert.ok(Math.abs(nearestOnRail(circle, onRail(circle, value), [30, 80]) - value) < 1e-6)
  assert.deepEqual(onRail(circle, -4), circle[0].slice(1))
  assert.deepEqual(onRail(circle, 4), circle.at(-1).slice(1))
})
