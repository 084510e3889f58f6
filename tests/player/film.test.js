import assert from "node:assert/strict"
import test from "node:test"
import { at, between, shots } from "../../core/ui/player/film.js"

test("between two steps a number goes straight, a text and a ragged list wait", () => {
  assert.equal(between([0, 10], 0.25, true), 2.5)
  assert.deepEqual(between([[0, [2]], [1, [4]]], 0.5, true), [0.5, [3]])
  assert.equal(between(["a", "b"], 0.9, true), "a")
  assert.deepEqual(between([[1], [1, 2]], 0.5, true), [1])
  assert.equal(between([0, 10], 0.25, false), 0)
  assert.equal(between([0, 10], 1, true), 10)
  assert.equal(between([0, 10], 7, true), 10)
})

test("a trace is revealed point by point", () => {
  const data = [{ x: [1, 2, 3], y: [4, 5, 6], name: "path" }]
  assert.deepEqual(shots([{ trace: 0, values: {}, reveal: [0, 2, 3] }], data, 1), [[0, "x", [1, 2]], [0, "y", [4, 5]]])
})

test("a figure at a place of the film is a copy, with its title", () => {
  const template = { id: "f", title: "whole", figure: { layout: {}, data: [{ x: [0, 1], y: [0, 1], marker: { color: "a", size: 3 } }] } }
  const tracks = [{ figure: "f", trace: 0, values: { "marker.color": ["b", "c"] }, reveal: [] },
    { figure: "g", trace: 0, values: { x: [[9], [9]] }, reveal: [] }]
  const shown = at(template, { tracks, titles: { f: ["one", "two"] } }, 1)
  assert.equal(shown.title, "two")
  assert.deepEqual(shown.figure.data[0], { x: [0, 1], y: [0, 1], marker: { color: "c", size: 3 } })
  assert.equal(template.figure.data[0].marker.color, "a")
  assert.equal(at(template, { tracks: [], titles: {} }, 0).title, "whole")
})
