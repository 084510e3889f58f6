// A kernel that is painted, and those of the learned ones that are most like it.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const MARKED = 3 // of the learned ones
const EVEN = 1e-6 // of its size: what varies less has no pattern

// ---- pure

// Numbers less their mean; null where they are all alike.
function centred(values) {
  const mean = values.reduce((a, v) => a + v, 0) / values.length
  const off = values.map((v) => v - mean)
  const length = Math.hypot(...off)
  return length > EVEN * Math.hypot(...values) ? { off, length } : null
}

// How like a painted kernel each learned one is: Pearson's correlation of their cells, from -1 to 1. Of a coloured picture the weights of
// all channels are added up, which is what a kernel makes of a grey one. cells: numbers, row by row; weights: as Keras keeps them, of the
// shape [rows, columns, channels, kernels]. null where one of the two has no pattern, or they are not of one size.
export function likeness(cells, weights, [rows, columns, channels, count]) {
  const mine = cells.length === rows * columns ? centred(cells) : null
  return Array.from({ length: count }, (_, k) => {
    const its = mine && centred(cells.map((_cell, i) => {
      let sum = 0
      for (let c = 0; c < channels; c++) sum += weights[(i * channels + c) * count + k]
      return sum
    }))
    return its ? mine.off.reduce((a, v, i) => a + v * its.off[i], 0) / mine.length / its.length : null
  })
}

// The places of those that are most like it, whatever their sign, the most alike first. shown: how many of them are on screen.
export function closest(found, shown, most = MARKED) {
  const places = found.map((_, i) => i).filter((i) => i < shown && found[i] !== null)
  return places.sort((a, b) => Math.abs(found[b]) - Math.abs(found[a])).slice(0, most)
}

// What a press makes of a cell: blue, then orange, then empty.
export function turned(cell) {
  const value = Number(cell)
  return value > 0 ? "-1" : value < 0 ? "0" : "1"
}

// ---- on the card

export class Kernel {
  // paints, pointer: the modules; on.told(text): what was painted, to be kept; on.changed(): other marks are to be drawn; language().
  constructor({ paints, pointer }, on) {
    Object.assign(this, { module: paints, on, sent: null })
    this.paints = new paints.Paints(pointer, (values, _first, done) => this.#painted(values, done),
      (label, cell) => this.#say("cell", { label, cell }))
  }

  get #told() {
    return this.chart?.tiles?.options.paint ?? null
  }

  #say(name, values = {}) {
    return this.chart.tools.format.fill(this.#told.words[name], values, this.on.language())
  }

  // The card of this page, or none: templates have been swapped.
  refresh(chart) {
    this.chart = chart
    const told = this.#told
    if (this.box) this.box.hidden = !told
    if (!told) {
      if (chart) chart.best = chart.more = undefined
      return
    }
    if (this.box?.parentElement !== chart.plot) this.#make(chart)
    if (this.sent === told.text) this.sent = null // the page has it
    chart.more = (view) => this.#look(view)
    const side = 96
    const [x, y] = [0, 0].map(() => (v) => ((v + 0.5) * side) / told.columns)
    this.grid.area = { left: 0, top: 0, x, y }
    const { grid } = this
    this.paints.show([{ figure: "kernel", field: "cells", label: told.words.grid, at: [0, 0], cells: told.cells, columns: told.columns,
      between: [" ", "; "], turn: turned }], () => grid, this.sent !== null)
    if (this.sent === null) this.cells = [...told.cells]
    this.#names()
    this.#shown()
  }

  #make(chart) {
    this.box?.remove()
    this.box = make("div", "dl-kernel", chart.plot)
    const plot = make("div", "dl-kernel-grid", this.box)
    this.canvas = make("canvas", "", plot)
    this.canvas.setAttribute("aria-hidden", "true")
    this.grid = { plot }
    this.choice = make("select", "dl-kernel-choice", this.box)
    this.choice.addEventListener("change", () => {
      const preset = this.#presets[this.choice.value]
      if (preset) this.#takes(preset)
    })
    this.result = make("div", "dl-kernel-said", this.box)
    this.result.setAttribute("aria-live", "polite")
  }

  get #presets() {
    const { presets, cells, words } = this.#told
    return [{ label: words.none, cells: cells.map(() => "0") }, ...presets]
  }

  #names() {
    this.choice.setAttribute("aria-label", this.#told.words.presets)
    const options = [...this.#presets.map((p) => p.label), this.#told.words.own].map((text, i, all) => {
      const option = make("option", "")
      Object.assign(option, { textContent: text, value: i === all.length - 1 ? "own" : i, hidden: i === all.length - 1 })
      return option
    })
    this.choice.replaceChildren(...options)
  }

  #takes({ cells }) {
    const { columns } = this.#told
    const paint = { ...this.paints.grids.values().next().value.paint, cells }
    this.paints.show([paint], () => this.grid, false)
    this.#painted({ cells: this.module.written(cells, columns, [" ", "; "]) }, true)
  }

  #painted({ cells }, done) {
    if (cells !== undefined) {
      this.cells = cells.split(/; | /)
      this.sent = this.cells.some((cell) => Number(cell)) ? cells : ""
      this.#shown()
      this.on.changed()
    }
    if (done && this.sent !== null) this.on.told(this.sent)
  }

  // The cells in their colours, and which of those with names they are.
  #shown() {
    const { columns } = this.#told
    const most = Math.max(...this.cells.map((cell) => Math.abs(Number(cell))), 1)
    const bytes = Uint8Array.from(this.cells, (cell) => 128.5 + (127 * Number(cell)) / most)
    const { images } = this.chart.tools
    if (this.chart.table) images.paintAll(this.canvas, bytes, [1, columns, columns, 1], this.chart.table)
    const known = this.#presets.findIndex((p) => p.cells.every((cell, i) => cell === this.cells[i]))
    this.choice.value = known < 0 ? "own" : known
    this.known = null
  }

  // Compare with the weights of a frame. Returns what the title is filled with besides: nothing.
  #look(view) {
    const weights = view.get("k0")
    if (!weights || (this.known === weights && this.table === this.chart.table)) return {}
    if (this.table !== this.chart.table) this.#shown() // in other colours
    Object.assign(this, { known: weights, table: this.chart.table })
    const cells = this.cells.map(Number)
    const found = likeness(cells, weights, view.shape("k0"))
    const best = closest(found, view.shape("filters")[0])
    this.chart.best = new Map(best.map((i) => [i, this.chart.tools.format.fill("{r:.2f}", { r: found[i] }, this.on.language())]))
    const [k] = best
    const text = k !== undefined ? this.#say(found[k] < 0 ? "turned" : "best", { k: k + 1, r: found[k] })
      : this.#say(cells.some((v) => v) ? "flat" : "empty")
    if (this.result.textContent !== text) this.result.textContent = text
    return {}
  }
}
