import assert from "node:assert/strict"
import test from "node:test"

import { Paints, cellAt, stepped, written } from "../../core/ui/player/paint.js"

test("a place lies in the cell that is drawn there", () => {
  for (let rows = 1; rows < 9; rows++) {
    for (let columns = 1; columns < 9; columns++) {
      for (let cell = 0; cell < rows * columns; cell++) {
        const middle = { x: ((cell % columns) + 0.5) * 20, y: (Math.floor(cell / columns) + 0.5) * 30 }
        assert.equal(cellAt(middle, [20 * columns, 30 * rows], rows, columns), cell)
      }
      assert.equal(cellAt({ x: -5, y: -5 }, [100, 100], rows, columns), 0)
      assert.equal(cellAt({ x: 500, y: 100 }, [100, 100], rows, columns), rows * columns - 1)
    }
  }
})

test("cells are written as the page reads them", () => {
  assert.equal(written(["1", "0", "-1", "1/9"], 2, [" ", "; "]), "1 0; -1 1/9")
  assert.equal(written([..."0110"], 2, ["", ""]), "0110")
})

test("arrow keys stay within the grid", () => {
  assert.equal(stepped(4, "ArrowUp", 3, 3), 1)
  assert.equal(stepped(1, "ArrowUp", 3, 3), 1)
  assert.equal(stepped(5, "ArrowRight", 3, 3), 5)
  assert.equal(stepped(5, "ArrowDown", 3, 3), 8)
  assert.equal(stepped(5, "x", 3, 3), null)
})

// A grid without a browser: what the pointer does is called by hand.
function grid(paint) {
  const told = []
  const element = () => ({ style: {}, append() {}, setAttribute() {}, focus() {}, remove() {}, addEventListener() {}, clientWidth: 300, clientHeight: 300 })
  globalThis.document = { createElement: element }
  let on
  const pointer = { follow: (_element, listeners) => { on = listeners; return () => {} },
    stamps: (a, b, step) => Array.from({ length: Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / step) }, (_, i, all) => {
      const share = (i + 1) / Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / step)
      return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
    }) }
  const chart = { plot: { querySelector: () => null, append() {} }, area: null }
  const paints = new Paints(pointer, (values, first, done) => told.push([values, first, done]), (label, cell) => `${label} ${cell}`)
  const show = (cells, pending = false) => paints.show([{ ...paint, cells }], () => chart, pending)
  show(paint.cells)
  return { told, on, show }
}

const KERNEL = { figure: "kernel", field: "cells", label: "the kernel", at: [0, 0], cells: Array(9).fill("0"), columns: 3, brush: "2", empty: "0",
  between: [" ", "; "] }

test("a stroke paints every cell that it passes, and is one change", () => {
  const { told, on } = grid(KERNEL)
  on.start({ x: 50, y: 50 })
  on.move([{ x: 50, y: 290 }])
  on.end()
  assert.deepEqual(told, [[{ cells: "2 0 0; 0 0 0; 0 0 0" }, true, false], [{ cells: "2 0 0; 2 0 0; 2 0 0" }, false, false], [{}, false, true]])
})

test("a stroke that begins on a painted cell wipes", () => {
  const { told, on } = grid({ ...KERNEL, cells: ["2", "2", "0", "0", "0", "0", "0", "0", "0"] })
  on.start({ x: 50, y: 50 })
  on.move([{ x: 250, y: 50 }])
  assert.equal(told.at(-1)[0].cells, "0 0 0; 0 0 0; 0 0 0")
})

test("what is painted is not undone by an answer that is older", () => {
  const { told, on, show } = grid(KERNEL)
  on.start({ x: 50, y: 50 })
  on.end()
  show(KERNEL.cells, true) // the page has not heard of it
  on.start({ x: 150, y: 50 })
  on.end()
  assert.equal(told.at(-2)[0].cells, "2 2 0; 0 0 0; 0 0 0")
  show(KERNEL.cells, false) // and now it says what holds: undone, say
  on.start({ x: 250, y: 50 })
  assert.equal(told.at(-1)[0].cells, "0 0 2; 0 0 0; 0 0 0")
})

test("the keyboard paints as well", () => {
  const { told, on } = grid(KERNEL)
  assert.equal(on.key({ key: "ArrowRight" }), true)
  assert.equal(on.key({ key: " " }), true)
  assert.deepEqual(told, [[{ cells: "0 2 0; 0 0 0; 0 0 0" }, true, true]])
  assert.equal(on.key({ key: "Tab" }), false)
})
