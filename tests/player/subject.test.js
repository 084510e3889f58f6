import assert from "node:assert/strict"
import test from "node:test"

import { Latest, NONE, RANGES, fitted, followed, isAbout, isChanged, placed, shifted, told, unplaced } from "../../core/ui/player/subject.js"
import { rgba, veil } from "../../core/ui/player/surface.js"

const random = (seed) => () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)

test("a value stays on its slider's steps", () => {
  const next = random(1)
  for (const [name, { min, max, step }] of Object.entries(RANGES)) {
    for (let n = 0; n < 100; n++) {
      const value = fitted(name, min + (max - min) * (3 * next() - 1))
      assert.ok(value >= min && value <= max)
      assert.ok(Math.abs(value / step - Math.round(value / step)) < 1e-9)
    }
    assert.ok(Object.is(fitted(name, -step / 4), 0)) // and not -0
  }
})

test("a drag shifts, and leaves the rest", () => {
  const change = { turn: 12, right: 0.1, down: -0.2, noise: 0.3 }
  assert.deepEqual(shifted(change, 0.154, -0.5), { turn: 12, right: 0.25, down: -0.5, noise: 0.3 })
  assert.ok(isChanged(change) && !isChanged(NONE))
})

test("a place is found again, and the middle goes where it is shifted", () => {
  const next = random(2)
  for (let n = 0; n < 100; n++) {
    const change = { turn: 360 * next() - 180, right: next() - 0.5, down: next() - 0.5, noise: 0 }
    const point = [next(), next()]
    unplaced(placed(point, change), change).forEach((v, i) => assert.ok(Math.abs(v - point[i]) < 1e-12))
    placed([0.5, 0.5], change).forEach((v, i) => assert.ok(Math.abs(v - 0.5 - [change.right, change.down][i]) < 1e-12))
  }
  placed([0.5, 0], { ...NONE, turn: 90 }).forEach((v, i) => assert.ok(Math.abs(v - [1, 0.5][i]) < 1e-12)) // clockwise: the top to the right
})

test("the value at which the answer flips is kept until it flips again or is what it was", () => {
  const steps = [[0, "3"], [10, "3"], [27, "8"], [40, "8"], [55, "5"], [60, "3"], [70, "8"]]
  const notes = []
  let course = null
  for (const [turn, said] of steps) {
    course = followed(course, { key: "a", said, change: { ...NONE, turn }, moved: "turn" })
    notes.push(course.moved ? [course.first, course.said, course.value] : null)
  }
  assert.deepEqual(notes, [null, null, ["3", "8", 27], ["3", "8", 27], ["3", "5", 55], null, ["3", "8", 70]])
  assert.equal(followed(course, { key: "b", said: "8", change: { ...NONE, turn: 70 }, moved: "turn" }).moved, null) // another thing
  const back = followed(course, { key: "a", said: "9", change: NONE, moved: "turn" })
  assert.deepEqual([back.first, back.moved], ["9", null])
})

test("a shift is told by its direction", () => {
  assert.deepEqual(told({ moved: "right", value: -0.2 }), { word: "left", value: 0.2 })
  assert.deepEqual(told({ moved: "down", value: 0.2 }), { word: "down", value: 0.2 })
  assert.deepEqual(told({ moved: "turn", value: -20 }), { word: "turn", value: -20 })
})

test("of what comes quickly the latest is sent, and never more than one waits", () => {
  let [busy, now] = [false, 0]
  const [sent, timers] = [[], []]
  const latest = new Latest(() => sent.push(now), () => busy, 30, (act) => timers.push(act))
  latest.push()
  assert.deepEqual(sent, [0])
  busy = true
  for (now = 1; now < 20; now++) latest.push()
  assert.deepEqual([sent, timers.length], [[0], 1])
  timers.shift()() // still on its way
  assert.deepEqual([sent, timers.length], [[0], 1])
  busy = false
  now = 42
  timers.shift()()
  assert.deepEqual([sent, timers.length], [[0, 42], 0])
})

test("pixels are painted as they are, and a veil is the stronger the more it speaks for the answer", () => {
  assert.deepEqual([...rgba(Uint8Array.of(7, 9), 1)], [7, 7, 7, 255, 9, 9, 9, 255])
  assert.deepEqual([...rgba(Uint8Array.of(1, 2, 3, 4, 5, 6), 3)], [1, 2, 3, 255, 4, 5, 6, 255])
  const alpha = [...veil(Uint8Array.of(128, 190, 255))].filter((_, i) => i % 4 === 3)
  assert.ok(alpha[0] === 0 && alpha[0] < alpha[1] && alpha[1] < alpha[2] && alpha[2] < 255)
})

test("an answer is about what is there now, or about what was there before", () => {
  const turned = { ...NONE, turn: 20 }
  assert.ok(isAbout(undefined, null, NONE) && isAbout({ image: 3 }, null, NONE))
  assert.ok(isAbout({ drawing: "ab", change: turned }, "ab", turned))
  assert.ok(!isAbout({ drawing: "ab" }, "ab", turned) && !isAbout({ drawing: "ab" }, "abc", NONE) && !isAbout({ image: 3 }, "ab", NONE))
})
