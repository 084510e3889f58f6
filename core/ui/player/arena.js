// Beside the picture of two networks: which of its parts are drawn, their next two steps one at a time, and a drawing of one's own for them
// to learn from.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const NUMBERS = ["loss_d_0", "loss_d_1", "d_real_0", "d_real_1", "d_fake_0", "d_fake_1", "loss_0", "loss_1", "fooled_0", "fooled_1", "grad_d",
  "grad_g", "rate_d", "rate_g", "beyond"] // of a step, in the order in which an answer has them
const AGAIN_MS = 2000 // after a question that no worker could answer

// ---- pure

// Cells "0" and "1" as hexadecimal digits, four to each; and back.
export const hexadecimal = (cells) => cells.join("").replace(/.{4}/g, (bits) => parseInt(bits, 2).toString(16))

// What comes after a stage of slow motion: the discriminator's step, the generator's, the next pair. rests: the side that takes none.
export function next({ stage, pair }, rests = "") {
  if (stage === "d" && rests !== "g") return { stage: "g", pair }
  return { stage: rests === "d" ? "g" : "d", pair: pair + 1 }
}

// ---- on the card

export class Arena {
  // tools: {duel, paints, pointer}, the modules; on.told(text): what was painted, to be kept
  constructor(player, tools, on) {
    Object.assign(this, { player, ...tools, on, off: new Set(), now: { stage: "", pair: 0 }, sent: null })
    this.brush = new tools.paints.Paints(tools.pointer, (values, _first, done) => this.#painted(values, done),
      (label, cell) => this.#fill("cell", { label, cell }))
  }

  get #chart() {
    return this.player.stage.all.find((c) => c.drawing?.kind === "duel")
  }

  get #options() {
    return this.#chart.drawing.options
  }

  #fill(name, values) {
    return this.#chart.tools.format.fill(this.#options.words[name], values, this.player.data.lang)
  }

  add(chart) {
    const side = make("div", "dl-side", chart.card)
    this.legend = make("div", "dl-legend", side)
    this.tools = make("div", "dl-acts", side)
    this.slow = make("div", "dl-slow", side)
    this.head = make("div", "dl-next-head", this.slow)
    const acts = make("div", "dl-acts", this.slow)
    const button = (parent, act) => {
      const made = make("button", "dl-word", parent)
      made.addEventListener("click", act)
      return made
    }
    this.step = button(acts, () => this.go())
    this.back = button(acts, () => this.leave())
    this.note = make("div", "dl-told", this.slow)
    this.note.setAttribute("aria-live", "polite")
    this.pen = button(this.tools, () => this.#press())
    this.wipe = button(this.tools, () => this.#wipe())
    this.grid = { plot: chart.plot }
    const before = chart.placed
    chart.placed = () => {
      before?.()
      this.#place()
    }
  }

  // Templates have been swapped: other words, other parts, another drawing.
  refresh() {
    const chart = this.#chart
    if (!chart) return
    const { words, shown, paint } = this.#options
    const text = JSON.stringify([words, shown])
    if (text !== this.named) {
      this.named = text
      this.off = new Set(Object.keys(words.parts).filter((part) => !shown.includes(part)))
      this.#legend(words)
      for (const [element, name] of [[this.pen, "paint"], [this.wipe, "wipe"], [this.back, "back"]]) element.textContent = words[name]
      this.pen.title = words.how
    }
    this.tools.hidden = !paint
    if (paint && this.sent === paint.text) this.sent = null // the page has it
    if (paint && this.sent === null) this.cells = [...paint.cells]
    if (!paint) this.cells = null
    this.#grid()
    this.#mark()
    this.#say()
  }

  #legend(words) {
    this.legend.setAttribute("role", "group")
    this.legend.setAttribute("aria-label", words.legend)
    this.legend.replaceChildren()
    for (const [part, name] of Object.entries(words.parts)) {
      const button = make("button", "dl-word", this.legend)
      make("i", `dl-key dl-key-${part}`, button)
      make("span", "", button, name)
      button.title = words.signs[part]
      button.setAttribute("aria-pressed", String(!this.off.has(part)))
      button.addEventListener("click", () => {
        if (!this.off.delete(part)) this.off.add(part)
        button.setAttribute("aria-pressed", String(!this.off.has(part)))
        this.#mark()
      })
    }
  }

  // ---- slow motion

  // The next step of the pair, or of the next pair: asked for where it is not known yet.
  go() {
    const { player } = this
    if (!player.shown || !player.data.ask?.step) return
    const { epoch } = player.shown
    player.clock.pause()
    player.wake()
    this.about = `${player.run.key} ${epoch}`
    this.wanted = next(this.now, this.#options.rests)
    if (this.answer?.pair === this.wanted.pair) this.#show()
    else this.#ask(epoch)
  }

  #ask(epoch) {
    const { player } = this
    const { pair } = this.wanted
    this.waits = true
    this.#say()
    this.asker ??= player.touch.makeAsker((run, question, answer, refused) => this.#answered(run, question, answer, refused))
    this.asker.ask(player.run.key, { probe: player.data.ask.step.probe, epoch, arguments: { pair } })
  }

  #answered(run, question, answer, refused) {
    const { pair } = question.arguments
    if (this.wanted?.pair !== pair || this.about !== `${run} ${question.epoch}`) return
    if (!answer) {
      if (refused) this.leave()
      else this.retry = setTimeout(() => this.wanted && this.#ask(question.epoch), AGAIN_MS)
      return
    }
    const numbers = answer.arrays.get("numbers") ?? []
    this.answer = { pair, arrays: answer.arrays, values: Object.fromEntries(NUMBERS.map((name, i) => [name, numbers[i]])) }
    this.#show()
  }

  #show() {
    this.now = this.wanted
    this.waits = false
    this.#mark()
    this.#say()
  }

  // Back to the picture of the run.
  leave() {
    clearTimeout(this.retry)
    this.asker?.forget()
    this.now = { stage: "", pair: 0 }
    this.answer = this.wanted = this.about = null
    this.waits = false
    if (!this.#chart) return
    this.#mark()
    this.#say()
  }

  // A picture was drawn: another one than the steps are about ends them.
  after(frame) {
    if (this.about && this.about !== `${this.player.run.key} ${frame.epoch}`) this.leave()
    else if (!this.about && this.#chart) this.#say() // what comes next is another matter where the run has ended
  }

  #say() {
    if (!this.note) return
    const { words, bound, rests, epochs } = this.#options
    const { stage, pair } = this.now
    this.slow.hidden = !this.player.data.ask?.step
    this.back.hidden = !stage
    this.step.disabled = Boolean(this.waits)
    this.step.textContent = `${words[next(this.now, rests).stage]} ›`
    const epoch = this.player.shown?.epoch ?? 0
    this.head.textContent = stage ? this.#fill("pair", { pair, epoch }) : words.slow
    let text = this.waits ? words.asking : epoch < epochs ? words.hint : words.ended
    if (stage && !this.waits) {
      const shown = this.duel.after(this.answer.arrays, stage, this.player.shown.arrays)
      const own = stage === "d" ? this.duel.change(shown.before.surface, shown.get("surface"))
        : this.duel.moves(shown.before.fake, shown.get("fake"), bound)
      const names = [...(this.answer.values.beyond ? ["beyond"] : []), own.still ? "still" : "said"]
      text = names.map((name) => this.#fill(`${name}_${stage}`, { ...this.answer.values, ...own })).join("")
    }
    if (this.note.textContent !== text) this.note.textContent = text
  }

  // ---- a drawing of one's own

  #press() {
    this.held = !(this.held ?? true)
    this.#grid()
  }

  #wipe() {
    this.held = true
    this.cells = this.cells.map(() => "0")
    this.sent = "" // until something is painted, which the page has not
    this.#grid(true)
    this.#mark()
  }

  // The grid that is painted lies over the picture as long as the pen is down.
  #grid(anew = false) {
    const paint = this.#options.paint
    const on = Boolean(paint) && (this.held ?? true)
    this.pen.setAttribute("aria-pressed", String(on))
    this.#place()
    const { words } = this.#options
    this.brush.show(on && this.grid.area ? [{ figure: "arena", field: "cells", label: words.grid, at: [0, 0], cells: this.cells, columns: paint.side,
      between: ["", ""], brush: "1", empty: "0" }] : [], () => this.grid, this.sent !== null && !anew)
  }

  #place() {
    const chart = this.#chart
    const paint = chart?.drawing.options.paint
    if (!paint || !chart.area || !this.cells) return
    const { bound } = chart.drawing.options
    const step = (2 * bound) / paint.side
    const before = this.grid.area
    this.grid.area = { ...chart.area, x: (v) => chart.area.x((v + 0.5) * step - bound), y: (v) => chart.area.y(bound - (v + 0.5) * step) }
    if (!before) this.#grid()
    else this.grid.placed?.()
  }

  #painted({ cells }, done) {
    if (cells !== undefined) {
      this.cells = [...cells]
      this.sent = hexadecimal(this.cells)
      this.#mark()
    }
    if (done && this.sent && this.cells.includes("1")) this.on.told(this.sent)
  }

  // ---- what is shown

  #mark() {
    const chart = this.#chart
    if (!chart) return
    const { stage } = this.now
    chart.marks = { off: this.off, slow: stage ? { stage, arrays: this.answer.arrays } : null, cells: this.cells,
      paintSmooth: chart.tools.pictures.paintSmooth }
    chart.repaint?.()
    this.player.wake()
  }

  reset() {
    this.leave()
  }
}
