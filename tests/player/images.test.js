// Pictures side by side: where they stand, which one is under a pointer, what is written below.
import assert from "node:assert/strict"
import { test } from "node:test"
import * as format from "../../core/ui/player/format.js"
import { at, caption, grid, move } from "../../core/ui/player/images.js"

test("the pictures are as large as the room lets them be, and within it", () => {
  for (const [count, width, height] of [[10, 260, 316], [12, 700, 240], [1, 50, 80], [32, 250, 168], [7, 1000, 60]]) {
    const found = grid(count, { width, height })
    const rows = Math.ceil(count / found.columns)
    assert.ok(found.side > 0 && found.left >= 0)
    assert.ok(found.columns * (found.side + 6) - 6 <= width && rows * found.line <= height + 1, `${count} in ${width} × ${height}`)
    const larger = found.side + 2 // no other number of columns has room for that
    for (let columns = 1; columns <= count; columns++) {
      assert.ok(columns * (larger + 6) > width || Math.ceil(count / columns) * (larger + 21) > height)
    }
  }
})

test("a pointer finds the picture under it, and nothing between them", () => {
  const area = { width: 300, height: 200 }
  const { side, left, line, columns } = grid(6, area)
  for (let i = 0; i < 6; i++) {
    const [x, y] = [left + (i % columns) * (side + 6) + side / 2, Math.floor(i / columns) * line + side / 2]
    assert.equal(at(6, area, true, { x, y }), i)
    assert.equal(at(6, area, true, { x, y: y + side / 2 + 8 }), -1)
  }
})

test("arrow keys stay among the pictures", () => {
  const area = { width: 300, height: 200 }
  const { columns } = grid(6, area)
  assert.equal(move(6, area, true, 0, "ArrowLeft"), 0)
  assert.equal(move(6, area, true, 0, "ArrowRight"), 1)
  assert.equal(move(6, area, true, 0, "ArrowDown"), columns)
  assert.equal(move(6, area, true, 5, "ArrowDown"), 5)
})

test("a caption has names for classes and numbers as they are formatted", () => {
  const arrays = { said: [1, 0], sure: [0.256, 1] }
  const options = { caption: "{said} {sure:.0%}", values: { said: "said", sure: "sure" }, named: ["said"], classes: ["cat", "dog"] }
  assert.equal(caption(options, { get: (name) => arrays[name] }, 0, format, "en"), "dog 26%")
  assert.equal(caption({ caption: "" }, {}, 0, format, "en"), "")
})
