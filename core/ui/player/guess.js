// The guess before a run: while the page holds the next one back, the student sketches its curve, gives a number, or chooses. What they
// do lies over the figure of the score, the question beside it; nothing on the page moves.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const GAP_PX = 12
const HANDLE_PX = 5.5
const STEPS = 50 // of the range, for the arrow keys
const SVG = "http://www.w3.org/2000/svg"

// ---- pure

// Where the question stands: beside its card where there is room for another one, else below it.
export function side(left, width, room) {
  if (left + 2 * width + GAP_PX <= room + 1) return "right"
  return left >= width + GAP_PX - 1 ? "left" : "below"
}

// What a key does to a sketch: {at, value}, or null. values: of all handles; at: the one in hand.
export function press(key, at, values, [low, high]) {
  const step = (high - low) / STEPS
  const by = { ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step, Home: high - low, End: low - high }[key]
  if (by !== undefined) return { at, value: Math.min(Math.max(values[at] + by, low), high) }
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1 }[key]
  return to === undefined ? null : { at: Math.min(Math.max(to, 0), values.length - 1), value: null }
}

const rounded = (value) => Number(value.toPrecision(3))

// ---- on the page

export class Guess {
  // stage: the figures; parts: {pointer, format}; send(answer) gives it to the page
  constructor(stage, parts, send) {
    Object.assign(this, { stage, ...parts, send, question: null, chart: null })
    this.call = make("button", "dl-call", document.body) // within the player it would be fixed to the player
    this.call.hidden = true
    this.call.addEventListener("click", () => {
      const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"
      this.panel?.scrollIntoView({ behavior, block: "center" })
      this.panel?.querySelector("[aria-checked=true]")?.focus({ preventScroll: true })
    })
    this.seen = new IntersectionObserver((entries) => {
      this.call.hidden = entries.at(-1).isIntersecting
    }, { threshold: 0.5 })
  }

  // What the page says: a question, or none (then what was drawn stays until `leave`).
  hear(question, language) {
    this.question = question ?? null
    this.language = language
    if (!question) return this.#freeze()
    const chart = this.stage.figures.get(question.figure)
    if (!chart) return this.leave()
    if (chart !== this.chart || this.frozen || question.grid.length !== this.values.length) this.#open(chart)
    if (!question.kinds.includes(this.kind)) [this.kind] = question.kinds
    this.#words()
    this.#place()
  }

  get waits() {
    return Boolean(this.question)
  }

  leave() {
    this.stage.root.classList.remove("dl-held")
    this.call.hidden = true
    this.seen.disconnect()
    if (!this.chart) return
    this.unfollow()
    this.chart.placed = undefined
    this.chart.card.classList.remove("dl-asking")
    this.panel.remove()
    this.layer.remove()
    this.chart = this.panel = this.layer = null
  }

  destroy() {
    this.leave()
    this.call.remove()
  }

  #freeze() {
    if (!this.chart) return
    this.frozen = this.layer.inert = true
    this.panel.remove()
    this.call.hidden = true
    this.seen.disconnect()
  }

  #open(chart) {
    this.leave()
    this.chart = chart
    this.frozen = false
    this.kind = null
    this.values = this.question.grid.map(() => null)
    this.number = this.choice = null
    this.at = 0
    this.stage.root.classList.add("dl-held")
    chart.card.classList.add("dl-asking")
    this.layer = make("div", "dl-sketch", chart.over)
    this.line = document.createElementNS(SVG, "polyline")
    const drawing = document.createElementNS(SVG, "svg")
    drawing.append(this.line)
    this.layer.append(drawing)
    this.handles = this.values.map((_, i) => {
      const handle = make("div", "dl-handle", this.layer)
      handle.setAttribute("role", "slider")
      handle.setAttribute("aria-orientation", "vertical")
      handle.addEventListener("focus", () => this.#hold(i))
      return handle
    })
    this.panel = make("div", "dl-ask", chart.card)
    this.panel.setAttribute("role", "group")
    this.asked = make("p", "dl-asked", this.panel)
    this.kinds = make("div", "dl-kinds", this.panel)
    this.kinds.setAttribute("role", "radiogroup")
    this.answer = make("div", "dl-answer", this.panel)
    this.hint = make("p", "dl-hint", this.panel)
    const acts = make("div", "dl-acts", this.panel)
    this.go = make("button", "dl-go", acts)
    this.go.addEventListener("click", () => this.#commit())
    this.none = make("button", "dl-none", acts)
    this.none.addEventListener("click", () => this.send({ for: this.question.for, kind: "" }))
    this.unfollow = this.pointer.follow(this.layer, {
      start: (point) => this.#start(point), move: (points) => this.#draw(points),
      end: (point, cancelled) => cancelled || this.#draw([point]), key: (event) => this.#key(event) })
    chart.placed = () => this.#place()
    this.seen.observe(this.panel)
  }

  // ---- numbers

  // The range of the score, and of what can be drawn.
  get #range() {
    const [low, high] = this.question.bounds
    const { area } = this.chart
    return [low ?? area.toY(area.height), high ?? area.toY(0)]
  }

  #data(point) {
    const { area } = this.chart
    const y = this.pointer.clamp(area.toY(this.pointer.clamp(point.y, 0, area.height)), ...this.#range)
    return { x: this.pointer.clamp(area.toX(point.x) / this.question.epochs), y }
  }

  #filled() {
    const [low, high] = this.#range
    return this.pointer.filled(this.values, this.question.grid, (low + high) / 2)
  }

  // ---- the pointer and its twin

  #start(point) {
    this.path = []
    this.before = this.values
    this.#draw([point])
  }

  #draw(points) {
    const drawn = points.map((point) => this.#data(point))
    if (this.kind === "number") this.#say(rounded(drawn.at(-1).y))
    else {
      this.path.push(...drawn)
      this.values = this.pointer.resample(this.path, this.question.grid, this.before)
      this.at = this.pointer.nearest(this.question.grid, drawn.at(-1).x)
      this.handles[this.at].focus({ preventScroll: true })
    }
    this.#place()
  }

  #key(event) {
    if (this.kind !== "sketch") return false
    if (event.key === "Enter") {
      this.#commit()
      return true
    }
    const done = press(event.key, this.at, this.#filled(), this.#range)
    if (!done) return false
    this.at = done.at
    if (done.value !== null) this.values = this.values.map((v, i) => (i === this.at ? done.value : v))
    this.handles[this.at].focus({ preventScroll: true })
    this.#place()
    return true
  }

  #hold(index) {
    this.at = index
    this.#place()
  }

  #say(number) {
    this.number = number
    const input = this.answer.querySelector("input")
    if (input && Number(input.value) !== number) input.value = number
  }

  #choose(kind) {
    this.kind = kind
    this.#words()
    this.#place()
    this.kinds.querySelector("[aria-checked=true]")?.focus({ preventScroll: true })
  }

  get #ready() {
    if (this.kind === "sketch") return this.values.some((v) => v !== null)
    return this.kind === "number" ? Number.isFinite(this.number) : Boolean(this.choice)
  }

  #commit() {
    if (!this.#ready) return
    const { kind } = this
    const values = kind === "sketch" ? this.#filled() : kind === "number" ? [this.number] : []
    this.send({ for: this.question.for, kind, values, choice: kind === "choice" ? this.choice : "" })
  }

  // ---- what is shown

  // A row of buttons of which one is chosen; arrows go through them.
  #row(parent, names, chosen, choose) {
    parent.replaceChildren()
    names.forEach((name, i) => {
      const button = make("button", "dl-kind", parent, this.question.strings[name])
      button.setAttribute("role", "radio")
      button.setAttribute("aria-checked", String(name === chosen))
      button.tabIndex = name === chosen || (!chosen && i === 0) ? 0 : -1
      button.addEventListener("click", () => choose(name))
      button.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
        if (!by) return
        event.preventDefault()
        choose(names[(i + by + names.length) % names.length])
      })
    })
  }

  #words() {
    const { strings, kinds } = this.question
    const said = JSON.stringify([strings, kinds, this.kind, this.choice])
    if (said === this.said && this.go.textContent) return
    this.said = said
    const set = (element, text) => { if (element.textContent !== text) element.textContent = text }
    set(this.asked, strings.question)
    this.panel.setAttribute("aria-label", strings.question)
    this.kinds.setAttribute("aria-label", strings.kinds)
    set(this.hint, strings[`hint_${this.kind}`])
    set(this.go, strings.run)
    set(this.none, strings.none)
    set(this.call, strings.call)
    const theme = getComputedStyle(this.panel) // which ends at the player
    this.call.style.background = theme.getPropertyValue("--st-primary-color")
    this.call.style.color = theme.getPropertyValue("--st-background-color")
    this.#row(this.kinds, kinds, this.kind, (kind) => this.#choose(kind))
    this.answer.removeAttribute("role")
    if (this.kind === "choice") {
      this.answer.setAttribute("role", "radiogroup")
      this.answer.setAttribute("aria-label", strings.hint_choice)
      this.#row(this.answer, ["better", "same", "worse"], this.choice, (choice) => {
        this.choice = choice
        this.#words()
        this.#place()
        this.answer.querySelector("[aria-checked=true]").focus({ preventScroll: true })
      })
    } else if (this.kind !== "number") this.answer.replaceChildren()
    else if (!this.answer.querySelector("input")) {
      this.answer.replaceChildren()
      const input = make("input", "dl-number", this.answer)
      const [low, high] = this.question.bounds
      Object.assign(input, { type: "number", step: "any", min: low ?? "", max: high ?? "", value: this.number ?? "",
        placeholder: low !== null && high !== null ? `${low} – ${high}` : "" })
      input.setAttribute("aria-label", strings.hint_number)
      input.addEventListener("input", () => {
        const number = input.value === "" || !input.checkValidity() ? null : Number(input.value)
        this.number = number
        this.#place()
      })
      input.addEventListener("keydown", (event) => event.key === "Enter" && this.#commit())
    }
  }

  // Everything in its place, which the figure may have changed.
  #place() {
    const { chart, question } = this
    if (!chart?.area || !question) return
    const { area } = chart
    const card = chart.card
    this.panel.dataset.side = side(card.offsetLeft - card.parentElement.offsetLeft, card.offsetWidth, card.parentElement.clientWidth)
    this.go.disabled = !this.#ready
    const sketch = this.kind === "sketch"
    const axis = question.kinds.includes("sketch") // the figure shows this score
    const values = this.#filled()
    const x = (share) => area.x(share * question.epochs)
    const path = sketch ? values.map((v, i) => [x(question.grid[i]), area.y(v)])
      : axis && this.kind === "number" && Number.isFinite(this.number) ? [0.75, 1].map((s) => [x(s), area.y(this.number)]) : []
    this.line.setAttribute("points", path.map((p) => p.map((v) => v.toFixed(1)).join()).join(" "))
    this.layer.classList.toggle("dl-blank", sketch && !this.#ready)
    this.layer.hidden = !axis || this.kind === "choice"
    const [low, high] = this.#range
    this.handles.forEach((handle, i) => {
      handle.hidden = !sketch
      if (!sketch) return
      handle.tabIndex = i === this.at ? 0 : -1
      handle.style.transform = `translate(${path[i][0] - HANDLE_PX}px, ${path[i][1] - HANDLE_PX}px)`
      const say = { label: this.format.fill(question.strings.handle, { epoch: question.grid[i] * question.epochs }, this.language),
        valuemin: low, valuemax: high, valuenow: rounded(values[i]), valuetext: this.format.number(values[i], ".3g", this.language) }
      for (const [name, value] of Object.entries(say)) handle.setAttribute(`aria-${name}`, value)
    })
  }
}
