// Below the states over time: another sequence, gates that are held open or shut, and the number under the pointer.

const { make, stepper } = await import(`./elements.js${new URL(import.meta.url).search}`)

export class Sequence {
  // onTap: calls back for a click or a tap; ask(): something was chosen.
  constructor(player, onTap, ask) {
    Object.assign(this, { player, onTap, ask })
    this.example = null // the number of the sequence; null for the one that frames are about
    this.held = {} // gate -> 0 (shut) or 1 (open)
  }

  get #chart() {
    return this.player.stage.all.find((c) => c.strip?.options.words.gates)
  }

  get arguments() {
    const gates = this.#chart?.strip.options.words.gates ?? []
    const held = gates.flatMap(({ id, arrays }) => (id in this.held ? arrays.map((name) => [name, this.held[id]]) : []))
    return { ...(this.example !== null && { example: this.example }), ...(held.length && { held: Object.fromEntries(held) }) }
  }

  get holds() {
    return Object.keys(this.held).length > 0
  }

  get asks() {
    return this.example !== null || this.holds
  }

  // What is said of figures while gates are held: "forget gate shut".
  get words() {
    const { words } = this.#chart.strip.options
    return words.gates.filter(({ id }) => id in this.held).map(({ id, name }) => this.#fill(words[this.held[id] ? "is_open" : "is_shut"], { name }))
      .join(" · ")
  }

  #fill(template, values) {
    return this.#chart.tools.format.fill(template, values, this.player.data.lang)
  }

  add(chart) {
    this.box = make("div", "dl-hold", chart.card)
    this.note = make("div", "dl-note", chart.card)
    this.note.setAttribute("aria-live", "polite")
    chart.gd.tabIndex = 0
    chart.gd.setAttribute("role", "application")
    const point = (at) => {
      this.at = at
      this.say()
    }
    const under = (event) => {
      const place = chart.area && chart.locate(event)
      return place && { t: Math.min(Math.max(Math.round(place.data[0]) - 1, 0), chart.strip.options.steps - 1), y: place.data[1] }
    }
    chart.plot.addEventListener("pointermove", (event) => point(under(event)))
    chart.plot.addEventListener("pointerleave", () => point(null))
    this.onTap(chart.plot, (event) => point(under(event)))
    chart.gd.addEventListener("blur", () => point(null))
    chart.gd.addEventListener("keydown", (event) => {
      if (event.key.startsWith("Arrow")) point(chart.tools.strips.moved(chart.strip.options, this.at ?? { t: -1, y: 0 }, event.key))
      else if (event.key === "Escape") this.release()
      else return
      event.preventDefault()
    })
  }

  // Templates have been swapped: other gates, or sequences of another task.
  refresh() {
    const chart = this.#chart
    if (!chart) return
    const { words } = chart.strip.options
    const text = JSON.stringify(words)
    if (text === this.named) return
    if (words.own !== this.own) this.example = null
    if (JSON.stringify(words.gates) !== this.gates) this.held = {}
    Object.assign(this, { named: text, own: words.own, gates: JSON.stringify(words.gates) })
    this.box.replaceChildren()
    this.number = stepper(this.box, words, (by) => this.choose((this.example ?? 0) + by))
    this.buttons = words.gates.flatMap((gate) => {
      const group = make("span", "dl-gate", this.box)
      group.setAttribute("role", "group")
      group.setAttribute("aria-label", gate.name)
      make("span", "", group, gate.name)
      return [["shut", 0], ["open", 1]].map(([word, value]) => {
        const button = make("button", "dl-word", group, String(value))
        button.title = words[word]
        button.setAttribute("aria-label", this.#fill(words[value ? "is_open" : "is_shut"], { name: gate.name }))
        button.addEventListener("click", () => {
          if (this.held[gate.id] === value) delete this.held[gate.id]
          else this.held[gate.id] = value
          this.#changed()
        })
        return { button, id: gate.id, value }
      })
    })
    this.mark()
    this.say()
  }

  choose(example) {
    const { count } = this.#chart.strip.options.words
    this.example = (example + count) % count || null // frames are about the first
    this.#changed()
  }

  release() {
    this.held = {}
    this.#changed()
  }

  #changed() {
    this.mark()
    this.player.touch.changedQuestion()
    this.ask()
    this.say()
  }

  mark() {
    const { words } = this.#chart.strip.options
    const which = { n: (this.example ?? 0) + 1, count: words.count }
    this.number.textContent = this.#fill(words.number, which)
    this.number.title = this.#fill(words.sequence, which)
    for (const { button, id, value } of this.buttons) button.setAttribute("aria-pressed", String(this.held[id] === value))
  }

  // The line below: the number under the pointer, else what the held gates do, else a hint.
  say() {
    const chart = this.#chart
    if (!chart || !this.note) return
    const text = this.#text(chart)
    if (this.note.textContent !== text) this.note.textContent = this.note.title = text
  }

  #text(chart) {
    const { options } = chart.strip
    const { words } = options
    const view = chart.seen?.view
    const row = this.at && chart.tools.strips.rowAt(options, this.at.y)
    const values = row && view?.get(row.block.array)
    if (values) {
      const name = chart.tools.strips.rowName(row.block, row.k, (...filled) => this.#fill(...filled))
      return this.#fill(options.at, { t: this.at.t + 1, row: name, value: values[this.at.t * (view.shape(row.block.array)[1] ?? 1) + row.k] })
    }
    if (!this.holds) return words.hint
    const { answer, silent } = this.player.touch
    if (silent) return this.player.data.strings.no_answer
    const metric = words.score.metric
    const before = this.player.shown && this.player.run.row(this.player.shown.epoch)[metric]
    const now = answer?.about.held ? answer.metrics[metric] : undefined
    return now === undefined ? this.words : this.#fill(words.score.text, { held: this.words, now, before })
  }

  reset() {
    this.held = {}
    this.at = null
    if (this.buttons) this.mark()
  }
}
