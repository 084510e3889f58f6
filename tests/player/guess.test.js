// The pointer that sketches, and the guess before a run: their pure parts, and the pointer on an element of its own.
import assert from "node:assert/strict"
import { test } from "node:test"
import { press, side } from "../../core/ui/player/guess.js"
import { clamp, filled, follow, nearest, resample, stamps, stroke } from "../../core/ui/player/pointer.js"

const GRID = [0, 0.25, 0.5, 0.75, 1]
const NONE = GRID.map(() => null)

test("values stay within their bounds", () => {
  assert.deepEqual([clamp(-1), clamp(0.3), clamp(7), clamp(7, 2, 5)], [0, 0.3, 1, 5])
})

test("the nearest place is found, if one is within reach", () => {
  assert.equal(nearest(GRID, 0.6), 2)
  assert.equal(nearest(GRID, -3), 0)
  assert.equal(nearest(GRID, 0.6, 0.05), -1)
  assert.equal(nearest([], 1), -1)
})

test("a stroke sets the places it passes, by a straight line, in either direction", () => {
  assert.deepEqual(stroke(NONE, GRID, { x: 0.2, y: 0 }, { x: 0.6, y: 0.4 }).map((v) => v && Number(v.toFixed(9))), [null, 0.05, 0.3, null, null])
  assert.deepEqual(stroke(NONE, GRID, { x: 0.6, y: 0.4 }, { x: 0.2, y: 0 }), stroke(NONE, GRID, { x: 0.2, y: 0 }, { x: 0.6, y: 0.4 }))
  assert.deepEqual(stroke([1, 1, 1, 1, 1], GRID, { x: 0.5, y: 0.2 }, { x: 0.5, y: 0.9 }), [1, 1, 0.9, 1, 1]) // straight up
})

test("a path becomes a curve with one value a place: turning back goes over it, its ends snap", () => {
  const path = [{ x: 0.04, y: 0.5 }, { x: 0.8, y: 0.5 }, { x: 0.4, y: 0.9 }, { x: 0.97, y: 0.9 }]
  assert.deepEqual(resample(path, GRID), [0.5, 0.5, 0.9, 0.9, 0.9])
  assert.deepEqual(resample([{ x: 0.3, y: 0.7 }], GRID), [null, 0.7, null, null, null]) // a tap moves the nearest handle
  assert.deepEqual(resample([], GRID, [1, 2, 3, 4, 5]), [1, 2, 3, 4, 5])
})

test("however finely a path is cut, the curve is the same", () => {
  const path = Array.from({ length: 400 }, (_, i) => ({ x: i / 399, y: Math.sin((5 * i) / 399) }))
  const fine = resample(path, GRID)
  const rough = resample(path.filter((_, i) => i % 7 === 0 || i === 399), GRID)
  GRID.forEach((x, i) => {
    assert.ok(Math.abs(fine[i] - Math.sin(5 * x)) < 1e-3)
    assert.ok(Math.abs(fine[i] - rough[i]) < 2e-3)
  })
})

test("what was not drawn lies on a line between what was, level outside", () => {
  assert.deepEqual(filled([null, 0.2, null, 0.4, null], GRID), [0.2, 0.2, 0.30000000000000004, 0.4, 0.4])
  assert.deepEqual(filled(NONE, GRID, 0.5), [0.5, 0.5, 0.5, 0.5, 0.5])
})

test("a brush leaves no gaps and ends where the pointer is", () => {
  const points = stamps({ x: 0, y: 0 }, { x: 3, y: 4 }, 2)
  assert.equal(points.length, 3)
  assert.deepEqual(points.at(-1), { x: 3, y: 4 })
  assert.deepEqual(stamps({ x: 1, y: 1 }, { x: 1, y: 1 }, 2), [{ x: 1, y: 1 }])
})

test("keys choose a handle and move it within the range", () => {
  const values = [0.5, 0.99, 0]
  assert.deepEqual(press("ArrowRight", 1, values, [0, 1]), { at: 2, value: null })
  assert.deepEqual(press("ArrowRight", 2, values, [0, 1]), { at: 2, value: null })
  assert.deepEqual(press("ArrowLeft", 0, values, [0, 1]), { at: 0, value: null })
  assert.deepEqual(press("ArrowUp", 0, values, [0, 1]), { at: 0, value: 0.52 })
  assert.deepEqual(press("PageUp", 1, values, [0, 1]), { at: 1, value: 1 })
  assert.deepEqual(press("ArrowDown", 2, values, [0, 1]), { at: 2, value: 0 })
  assert.deepEqual([press("Home", 0, values, [0, 2]).value, press("End", 0, values, [0, 2]).value], [2, 0])
  assert.equal(press("a", 0, values, [0, 1]), null)
})

test("the question stands where there is room for it", () => {
  assert.equal(side(0, 285, 879), "right")
  assert.equal(side(297, 285, 879), "right")
  assert.equal(side(594, 285, 879), "left")
  assert.equal(side(0, 366, 366), "below")
})

class Surface extends EventTarget {
  style = {}
  captured = []

  setPointerCapture(id) {
    this.captured.push(id)
  }

  getBoundingClientRect() {
    return { left: 100, top: 50 }
  }
}

function event(type, more) {
  return Object.assign(new Event(type, { cancelable: true }), { isPrimary: true, button: 0, pointerId: 1, pointerType: "pen", pressure: 0.5, ...more })
}

test("the pointer is captured, every reported point arrives, and other fingers have no say", () => {
  const element = new Surface()
  const seen = []
  const end = follow(element, { start: (p) => seen.push(["start", p.x, p.y]), move: (points) => seen.push(["move", ...points.map((p) => p.x)]),
    end: (p, cancelled) => seen.push(["end", cancelled]), key: (e) => e.key === "x" })
  assert.equal(element.style.touchAction, "none")
  const down = event("pointerdown", { clientX: 110, clientY: 60 })
  element.dispatchEvent(event("pointermove", { clientX: 0, clientY: 0 })) // nothing is held yet
  element.dispatchEvent(event("pointerdown", { button: 2, clientX: 0, clientY: 0 }))
  element.dispatchEvent(down)
  assert.ok(down.defaultPrevented)
  element.dispatchEvent(event("pointerdown", { pointerId: 2, isPrimary: false, clientX: 0, clientY: 0 }))
  element.dispatchEvent(event("pointermove", { pointerId: 2, clientX: 0, clientY: 0 }))
  element.dispatchEvent(event("pointermove", { clientX: 130, clientY: 0, getCoalescedEvents: () => [
    { clientX: 120, clientY: 60 }, { clientX: 130, clientY: 60 }] }))
  element.dispatchEvent(event("pointerup", { clientX: 130, clientY: 60 }))
  element.dispatchEvent(event("lostpointercapture", { clientX: 0, clientY: 0 }))
  assert.deepEqual(seen, [["start", 10, 10], ["move", 20, 30], ["end", false]])
  assert.deepEqual(element.captured, [1])
  for (const [key, more, taken] of [["x", {}, true], ["y", {}, false], ["x", { ctrlKey: true }, false]]) {
    const typed = event("keydown", { key, ...more })
    element.dispatchEvent(typed)
    assert.equal(typed.defaultPrevented, taken)
  }
  element.dispatchEvent(event("pointerdown", { clientX: 110, clientY: 60 }))
  element.dispatchEvent(event("pointercancel", { clientX: 110, clientY: 60 }))
  assert.deepEqual(seen.at(-1), ["end", true])
  end()
  element.dispatchEvent(down)
  assert.equal(seen.length, 5)
})
