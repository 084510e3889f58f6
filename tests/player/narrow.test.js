// A figure on a phone.
import assert from "node:assert/strict"
import { test } from "node:test"
import { fitted, isNarrow } from "../../core/ui/player/narrow.js"

const figure = () => ({
  data: [{ x: [1, 2], text: ["a", "b"], marker: { size: 9, color: "red" } }, { y: [3] }],
  layout: { height: 300, annotations: ["wide"], meta: { narrow: { below: 480, layout: { annotations: ["small"] },
    traces: { 0: { text: ["c", "d"], marker: { size: 4 } }, 1: { visible: false } } } } },
})

test("a narrow figure is drawn as it says, a wide one as it is", () => {
  assert.deepEqual(fitted(figure(), 480), figure())
  const small = fitted(figure(), 360)
  assert.deepEqual(small.data, [{ x: [1, 2], text: ["c", "d"], marker: { size: 4, color: "red" } }, { y: [3], visible: false }])
  assert.deepEqual(small.layout.annotations, ["small"])
  assert.equal(small.layout.height, 300)
})

test("a figure that says nothing of it is never narrow", () => {
  const plain = { data: [{ x: [1] }], layout: {} }
  assert.equal(fitted(plain, 100), plain)
  assert.equal(isNarrow({ meta: { labels: [] } }, 100), false)
})
