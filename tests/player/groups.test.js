// Many runs as a few curves, and their rows down one stream.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Aggregate, last, median } from "../../core/ui/player/aggregate.js"
import { Many } from "../../core/ui/player/many.js"
import * as records from "../../core/ui/player/records.js"

function run(key, values, end = "finished") {
  const made = new records.Run(key)
  made.add({ kind: "frame", step: 0, epoch: values.length - 1, seconds: 0, stored: true,
    rows: values.map((v, epoch) => ({ epoch, score: v })) })
  if (end) made.add({ kind: "end", state: end, seconds: 1 })
  return made
}

const runs = new Map([["a", run("a", [0.1, 0.4, 0.9])], ["b", run("b", [0.3, 0.6], null)], ["c", run("c", [0.2, 0.8, 0.7, 0.5])],
  ["d", run("d", [0.5, null], "failed")], ["f", run("f", [0.5], "cancelled")]])
const of = (key) => runs.get(key)

test("the median lies in the middle", () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.equal(last(runs.get("d"), "score"), 0.5)
  assert.equal(last(runs.get("d"), "nothing"), undefined)
  const stopped = run("s", [0.2, 0.8, 0.7], null)
  stopped.add({ kind: "end", state: "finished", seconds: 1, epoch: 1 }) // early stopping has put its weights back
  assert.equal(last(stopped, "score"), 0.8)
})

test("median and band over the epochs count every run as far as it got", () => {
  const group = new Aggregate(["a", "b", "c", "e"].map((key) => ({ run: key, set: 0, x: 0 })), of)
  assert.deepEqual(group.column("0:median:score"), { x: [0, 1, 2, 3], y: [0.2, 0.6, 0.8, 0.5] })
  assert.deepEqual(group.column("0:low:score").y, [0.1, 0.4, 0.7, 0.5])
  assert.deepEqual(group.column("0:high:score").y, [0.3, 0.8, 0.9, 0.5])
  assert.deepEqual(group.column("1:median:score"), { x: [], y: [] })
  assert.deepEqual(group.progress(["score"]), { total: 4, done: 2, failed: 0, median_0_score: 0.7 })
})

test("a sweep shows the last value of the runs that finished, at their places", () => {
  const members = [["a", 1], ["c", 1], ["b", 0], ["d", 2]].map(([key, x]) => ({ run: key, set: 0, x }))
  const group = new Aggregate(members, of)
  assert.deepEqual(group.column("0:each:score:x"), { x: [1, 1], y: [0.9, 0.5] })
  assert.deepEqual(group.column("0:median:score:x"), { x: [1], y: [0.7] })
  assert.equal(group.progress([]).failed, 1)
  assert.equal(new Aggregate([{ run: "f", set: 0, x: 0 }], of).progress([]).failed, 1) // stopped is not trained
})

test("the finder goes over the rates instead of the epochs", () => {
  const group = new Aggregate([{ run: "a", set: 0, x: 0 }], of, [0.001, 0.01, 0.1])
  assert.deepEqual(group.column("0:median:score:rate"), { x: [0.001, 0.01, 0.1], y: [0.1, 0.4, 0.9] })
})

test("only runs that are not over are asked for, and what is known is kept", () => {
  const asked = []
  const ended = []
  const streams = { follow: (url, feed, Reader, signal) => asked.push({ url, feed, signal }) }
  const many = new Many("http://host", { records, streams }, () => {}, (keys) => ended.push(keys))
  many.want(["a", "b"], ["loss", "val_loss"])
  assert.equal(asked[0].url, "http://host/rows/a,b?metrics=loss,val_loss")
  const row = (key, epoch) => ({ kind: "frame", run: key, step: epoch, epoch, seconds: 0, stored: true, rows: [{ epoch, loss: 1 }] })
  asked[0].feed.add(row("a", 1))
  asked[0].feed.add(row("x", 1)) // nobody's
  assert.equal(asked[0].feed.end, false)
  asked[0].feed.add({ kind: "end", run: "a", state: "finished", seconds: 1 })
  assert.deepEqual(ended, [["a"]])
  many.want(["a", "b"], ["loss", "val_loss"]) // "b" alone is still open: asked for anew, without "a"
  assert.equal(asked[1].url, "http://host/rows/b?metrics=loss,val_loss")
  assert.equal(asked[0].signal.aborted, true)
  assert.deepEqual(many.of("a").rows, [{ epoch: 1, loss: 1 }])
  asked[1].feed.add({ kind: "end", run: "b", state: "missing", seconds: 0 })
  assert.equal(asked[1].feed.end, true)
  many.want(["b"], ["loss", "val_loss"])
  assert.equal(asked.length, 2)
  assert.equal(many.of("a"), undefined)
  many.want(["c"], ["loss"], ["through", "x"])
  assert.equal(asked[2].url, "http://host/rows/c?metrics=loss&arrays=through,x")
})
