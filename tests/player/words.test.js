// How far a run is, in batches and seconds.
import assert from "node:assert/strict"
import { test } from "node:test"
import { progress, time } from "../../core/ui/player/words.js"
import { fill } from "../../core/ui/player/format.js"

const frame = (epoch, step, seconds) => ({ epoch, step, seconds })

test("a long run tells its batch and the time that is left", () => {
  const run = { frames: [frame(0, 0, 0), frame(1, 100, 20), frame(1, 150, 30)], status: null, end: null }
  assert.deepEqual(progress(run, 5, 100), { batch: 50, steps: 100, seconds: 70 }) // 350 batches left, 0.2 s each
})

test("within its first epoch too, whose frame takes the place of the untrained one", () => {
  assert.deepEqual(progress({ frames: [frame(0, 40, 8)], status: null, end: null }, 1, 100), { batch: 40, steps: 100, seconds: 12 })
})

test("a branch counts from where it began, whatever its batches were before", () => {
  const run = { frames: [frame(2, 1000, 60), frame(3, 1100, 80)], status: null, end: null }
  assert.deepEqual(progress(run, 4, 100), { batch: 0, steps: 100, seconds: 20 })
})

test("the first steps, taken one by one, say nothing of the others", () => {
  const run = (step) => ({ frames: [frame(0, step, 2)], status: null, end: null })
  assert.equal(progress(run(16), 3, 100), null) // two seconds of building and tracing
  assert.deepEqual(progress(run(20), 3, 100), { batch: 20, steps: 100, seconds: 28 })
})

test("nothing is told of a short run, a paused one, one that is over or has not begun, and where nobody says how many there are", () => {
  const long = [frame(0, 0, 0), frame(1, 100, 20)]
  assert.equal(progress({ frames: [frame(0, 0, 0), frame(1, 100, 1)], status: null, end: null }, 5, 100), null)
  assert.equal(progress({ frames: long, status: { state: "paused" }, end: null }, 5, 100), null)
  assert.equal(progress({ frames: long, status: null, end: {} }, 5, 100), null)
  assert.equal(progress({ frames: [frame(0, 0, 0)], status: null, end: null }, 5, 100), null)
  assert.equal(progress({ frames: [], status: null, end: null }, 5, 100), null)
  assert.equal(progress({ frames: long, status: null, end: null }, 5, 0), null)
})

test("a time is in seconds up to a minute and a half", () => {
  const words = { seconds: "{n:d} s", minutes: "{n:d} min" }
  const say = (seconds) => time(seconds, words, "en", { fill })
  assert.deepEqual([0.2, 89.4, 90, 200, 3600].map(say), ["1 s", "89 s", "2 min", "3 min", "60 min"])
})

test("nor of one that waits for a worker", () => {
  const frames = [frame(0, 0, 0), frame(1, 100, 20)]
  assert.equal(progress({ frames, status: { state: "queued", place: 1 }, end: null }, 5, 100), null)
  assert.notEqual(progress({ frames, status: { state: "resumed" }, end: null }, 5, 100), null)
})
