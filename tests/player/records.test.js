// The wire format and the run in memory, against bytes written by core/frame.py (see tests/test_player_js.py).
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Reader, Run, fromHalf } from "../../core/ui/player/records.js"

const folder = process.env.PLAYER_FIXTURES
const bytes = readFileSync(`${folder}/run.bin`)
const expected = JSON.parse(readFileSync(`${folder}/run.json`, "utf8"))

function read(cuts) {
  const reader = new Reader()
  const found = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    found.push(...reader.push(bytes.subarray(from, to)))
    from = to
  }
  return found
}

function same(records) {
  assert.deepEqual(records.map((r) => r.kind), expected.map((r) => r.kind))
  records.forEach((record, i) => {
    for (const [name, { shape, values }] of Object.entries(expected[i].arrays)) {
      assert.deepEqual(record.arrays.shape(name), shape)
      assert.deepEqual(Array.from(record.arrays.get(name)), values)
    }
  })
}

test("records come out whole however the stream is cut", () => {
  same(read([]))
  same(read(Array.from({ length: bytes.length - 1 }, (_, i) => i + 1)))
  for (const size of [3, 7, 64, 1000, 65537]) {
    same(read(Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size)))
  }
})

test("arrays have the types of their dtypes; an unknown one is undefined", () => {
  const { arrays } = read([])[1]
  assert.ok(arrays.get("u") instanceof Uint8Array)
  assert.ok(arrays.get("i") instanceof Int32Array)
  assert.ok(arrays.get("h") instanceof Float32Array)
  assert.equal(arrays.get("h"), arrays.get("h"))
  assert.equal(arrays.get("none"), undefined)
})

test("half precision: zeros, subnormals, infinities", () => {
  assert.equal(fromHalf(0x3c00), 1)
  assert.equal(fromHalf(0xc000), -2)
  assert.equal(fromHalf(1), 2 ** -24)
  assert.equal(fromHalf(0xfc00), -Infinity)
  assert.ok(Number.isNaN(fromHalf(0x7e00)))
})

const frame = (epoch, rows = [], stored = true) => ({ kind: "frame", epoch, step: epoch, seconds: epoch / 10, rows, stored })

test("rows are merged by epoch and none is lost", () => {
  const run = new Run("k")
  run.add(frame(0, [{ epoch: 0, loss: 1 }]))
  run.add(frame(2, [{ epoch: 1, loss: 0.8 }, { epoch: 2, loss: 0.6 }]))
  run.add(frame(2, [{ epoch: 2, loss: 0.6, accuracy: 0.9 }]))
  run.add(frame(1, [{ epoch: 1, loss: 0.8 }]))
  assert.deepEqual(run.frames.map((f) => f.epoch), [0, 1, 2])
  assert.deepEqual(run.column("loss"), { x: [0, 1, 2], y: [1, 0.8, 0.6] })
  assert.deepEqual(run.column("accuracy"), { x: [2], y: [0.9] })
  assert.equal(run.row(1.5).loss, 0.8)
  assert.equal(run.edge, 2)
  assert.equal(run.seconds, 0.2)
})

test("a frame ends a status; frames are found by epoch", () => {
  const run = new Run("k")
  assert.equal(run.lastEpoch, -1)
  run.add({ kind: "status", state: "queued", place: 2 })
  assert.equal(run.status.place, 2)
  for (const epoch of [0, 4, 10]) run.add(frame(epoch))
  assert.equal(run.status, null)
  assert.deepEqual([-1, 0, 3, 4, 9, 99].map((e) => run.index(e)), [-1, 0, 0, 1, 1, 2])
  assert.deepEqual([0, 1, 3, 8].map((e) => run.nearest(e)), [0, 0, 1, 2])
})

test("frames that are not stored are thinned, stored ones and the newest stay", () => {
  const run = new Run("k")
  for (let epoch = 0; epoch < 2000; epoch++) run.add(frame(epoch, [], epoch % 100 === 0))
  assert.ok(run.frames.length < 450)
  assert.equal(run.frames.filter((f) => f.stored).length, 20)
  assert.equal(run.edge, 1999)
})

test("a picture from the middle of an epoch gives its place back when the epoch is over", () => {
  const run = new Run("k")
  const frame = (epoch, step, stored) => ({ kind: "frame", epoch, step, stored, seconds: step, rows: [] })
  run.add(frame(0, 0, true))
  run.add(frame(0, 10, false))
  run.add(frame(0, 20, false))
  assert.deepEqual(run.frames.map((f) => f.step), [20]) // the newest is what one sees
  run.add(frame(1, 30, true))
  assert.deepEqual(run.frames.map((f) => f.step), [0, 30])
  run.add(frame(1, 40, false))
  run.add(frame(2, 60, true))
  assert.deepEqual(run.frames.map((f) => f.step), [0, 30, 60])
})
