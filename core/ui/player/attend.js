// Attention maps and lines under a pointer: whom a place looks at, heads that are switched off, and another sequence to look with.

const { make, stepper } = await import(`./elements.js${new URL(import.meta.url).search}`)

export class Attend {
  // onTap: calls back for a click or a tap; ask(): something was chosen; tools: {heads, flow}, the modules.
  constructor(player, onTap, ask, { heads, flow }) {
    Object.assign(this, { player, onTap, ask, heads, flow })
    this.example = null // the number of the sequence; null for the one that frames are about
    this.off = new Set() // "layer.head"
    this.chosen = null // the head whose lines alone are drawn, as long as none is pointed at
    this.pointed = null // {layer, head, from, to} under the pointer
    this.place = null // {i, upper} of the sequence
  }

  get #maps() {
    return this.player.stage.all.find((c) => c.drawing?.kind === "heads")
  }

  get #flow() {
    return this.player.stage.all.find((c) => c.drawing?.kind === "flow")
  }

  get arguments() {
    return { ...(this.example !== null && { example: this.example }), ...(this.off.size && { off: [...this.off].sort() }) }
  }

  get asks() {
    return this.example !== null || this.off.size > 0
  }

  get words() {
    return this.#fill(this.#options.words.are_off, { names: [...this.off].sort().join(", ") })
  }

  get #options() {
    return this.#maps.drawing.options
  }

  // The heads whose lines are drawn.
  get #shown() {
    const one = this.pointed ?? this.chosen
    const on = this.heads.every(this.#options).filter((head) => !this.off.has(this.heads.name(head)))
    const alone = on.filter((head) => head.layer === one?.layer && head.head === one?.head)
    return alone.length ? alone : on
  }

  #fill(template, values) {
    return this.#maps.tools.format.fill(template, values, this.player.data.lang)
  }

  // ---- the cards

  add(chart) {
    if (chart.drawing.kind === "heads") this.#addMaps(chart)
    else this.#addFlow(chart)
    chart.gd.tabIndex = 0
    chart.gd.setAttribute("role", "application")
    let pressed = false // a pointer needs no cursor of the keyboard's
    chart.gd.addEventListener("pointerdown", () => { pressed = true }, true)
    chart.gd.addEventListener("focus", () => {
      this.keys = pressed ? null : chart
      this.mark()
    })
    chart.gd.addEventListener("blur", () => {
      pressed = false
      this.keys = null
      this.#point(null, null)
    })
  }

  #point(pointed, place) {
    Object.assign(this, { pointed, place })
    this.mark()
    this.say()
  }

  #addMaps(chart) {
    this.box = make("div", "dl-hold", chart.card)
    this.note = make("div", "dl-note dl-two", chart.card)
    this.note.setAttribute("aria-live", "polite")
    chart.plot.style.cursor = "pointer"
    const under = (event) => {
      const at = chart.area && chart.seen && chart.locate(event)
      const { options } = chart.drawing
      const n = chart.seen?.view.shape("a_1")?.[1]
      return at && n ? this.heads.at(this.heads.grid(options.layers, options.heads, chart.area), at, n) : null
    }
    chart.plot.addEventListener("pointermove", (event) => {
      const found = under(event)
      this.#point(found, found?.from === undefined ? null : { i: found.from, upper: false })
    })
    chart.plot.addEventListener("pointerleave", () => this.#point(null, null))
    this.onTap(chart.plot, (event) => {
      const found = under(event)
      if (!found) return
      if (found.from === undefined) this.choose(found) // on its name
      else this.toggle(found)
    })
    chart.gd.addEventListener("keydown", (event) => {
      const { options } = chart.drawing
      if (event.key.startsWith("Arrow")) {
        const spot = this.heads.grid(options.layers, options.heads, chart.area)
        this.chosen = this.chosen ? this.heads.moved(spot, this.chosen, event.key) : { layer: 1, head: 1 }
        this.keys = chart
        this.#point(null, null)
      } else if ((event.key === "Enter" || event.key === " ") && this.chosen) this.toggle(this.chosen)
      else if (event.key === "Escape") this.release()
      else return
      event.preventDefault()
    })
  }

  #addFlow(chart) {
    const under = (event) => {
      const at = chart.area && chart.laid && chart.locate(event)
      return at ? this.flow.placeAt(chart.laid.found, chart.laid.n, at) : null
    }
    chart.plot.addEventListener("pointermove", (event) => this.#point(null, under(event)))
    chart.plot.addEventListener("pointerleave", () => this.#point(null, null))
    this.onTap(chart.plot, (event) => this.#point(null, under(event)))
    chart.gd.addEventListener("keydown", (event) => {
      const n = chart.laid?.n ?? 0
      const { i, upper } = this.place ?? { i: -1, upper: false }
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (by) this.place = { i: Math.min(Math.max(i + by, 0), n - 1), upper }
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.place = { i: Math.max(i, 0), upper: event.key === "ArrowUp" }
      else if (event.key === "Escape") this.place = null
      else return
      event.preventDefault()
      this.keys = chart
      this.#point(null, this.place)
    })
  }

  // Templates have been swapped: other heads, or sequences of another task.
  refresh() {
    const chart = this.#maps
    if (!chart) return
    const { words, own, layers, heads } = chart.drawing.options
    const text = JSON.stringify([words, own, layers, heads])
    if (text === this.named) return
    if (own !== this.own) this.example = null
    if (`${layers} ${heads}` !== this.built) {
      this.off.clear()
      this.chosen = null
    }
    Object.assign(this, { named: text, own, built: `${layers} ${heads}` })
    this.box.replaceChildren()
    this.number = stepper(this.box, words, (by) => this.turn((this.example ?? 0) + by))
    this.all = make("button", "dl-word", this.box, words.all_on)
    this.all.addEventListener("click", () => this.release())
    this.mark()
    this.say()
  }

  // ---- what is chosen

  turn(example) {
    const { count } = this.#options.words
    this.example = (example + count) % count || null // frames are about the first
    this.#changed()
  }

  choose({ layer, head }) {
    const same = this.chosen?.layer === layer && this.chosen?.head === head
    this.chosen = same ? null : { layer, head }
    this.mark()
    this.say()
  }

  toggle(head) {
    if (!this.player.data.ask?.neurons) return
    const id = this.heads.name(head)
    if (!this.off.delete(id)) this.off.add(id)
    this.#changed()
  }

  release() {
    this.off.clear()
    this.#changed()
  }

  #changed() {
    this.player.touch.changedQuestion()
    this.ask()
    this.mark()
    this.say()
  }

  // ---- what is said and shown

  mark() {
    const [maps, flow] = [this.#maps, this.#flow]
    if (!maps) return
    const { words } = this.#options
    if (this.number) {
      const which = { n: (this.example ?? 0) + 1, count: words.count }
      this.number.textContent = this.#fill(words.number, which)
      this.number.title = this.#fill(words.sequence, which)
      this.all.hidden = !this.off.size
    }
    const chosen = this.pointed ?? this.chosen
    const cell = this.pointed?.from !== undefined ? this.pointed : this.place && !this.place.upper ? { from: this.place.i } : null
    maps.marks = { off: this.off, chosen, cell, cursor: this.keys === maps }
    maps.repaint?.()
    if (!flow) return
    flow.marks = { heads: this.#shown, place: this.place, cursor: this.keys === flow }
    flow.repaint?.()
    this.player.wake()
  }

  say() {
    if (!this.#maps || !this.note) return
    const text = this.#text()
    if (this.note.textContent !== text) this.note.textContent = this.note.title = text
  }

  #text() {
    const { words } = this.#options
    const view = this.#maps.seen?.view
    const n = view?.shape("a_1")?.[1]
    const place = this.place
    if (place && n) return this.#looks(view, n, place)
    if (this.pointed) return this.#fill(words[this.off.has(this.heads.name(this.pointed)) ? "put_back" : "switch"], this.pointed)
    if (!this.off.size) return words.hint
    const { answer, silent } = this.player.touch
    if (silent) return this.player.data.strings.no_answer
    const { metric, text } = words.score
    const before = this.player.shown && this.player.run.row(this.player.shown.epoch)[metric]
    const now = answer?.about.off ? answer.metrics[metric] : undefined
    return now === undefined ? this.words : this.#fill(text, { now, before })
  }

  // The line about a place: one cell of a map, or the strongest of what it looks at, or of what looks at it.
  #looks(view, n, { i, upper }) {
    const { words } = this.#options
    const flow = this.#flow
    const symbols = flow ? this.flow.symbols(view, flow.drawing.options) : []
    const named = (k) => `${k + 1} “${symbols[k] ?? ""}”`
    const cell = this.pointed?.from !== undefined ? this.pointed : null
    if (cell) {
      const w = this.heads.weights(view.get(`a_${cell.layer}`), cell.head, n)[cell.from * n + cell.to]
      return this.#fill(words.cell, { layer: cell.layer, head: cell.head, from: named(cell.from), to: named(cell.to), w })
    }
    const found = this.flow.lines(view, this.#shown, n, { i, upper }).sort((a, b) => b.weight - a.weight).slice(0, 4)
    const told = found.map((line) => this.#fill(words.each, { name: this.heads.name(line.one), place: named(upper ? line.from : line.to), w: line.weight }))
    return this.#fill(upper ? words.looked : words.looks, { place: named(i), told: told.join(", ") || "–" })
  }

  reset() {
    this.off.clear()
    this.pointed = this.place = null
    if (this.number) this.mark()
  }
}
