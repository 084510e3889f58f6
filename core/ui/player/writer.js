// A text that the network writes, and what it could have written at each place: drawn anew in the browser from the logits that came with
// it, step by step if wanted. Only behind the first symbol that comes out otherwise is the network asked.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const SLIDERS = ["temperature", "k", "p"]
const SHOWN = 12 // symbols with a bar
const ANSWER_MS = 120 // sliders rest so long before the network is asked
const AGAIN_MS = 2000 // after a question that no worker could answer

const visible = (symbol) => (symbol === " " ? "␣" : symbol === "\n" ? "⏎" : symbol)

export class Writer {
  // sampling: core/ui/player/sampling.js; heads(): the names of the heads that are off.
  constructor(player, sampling, heads) {
    Object.assign(this, { player, sampling, heads, how: { ...sampling.PLAIN }, seed: 0, given: [], text: [], rows: [], luck: [], at: 0 })
  }

  get #chart() {
    return this.player.stage.all.find((c) => c.writer)
  }

  get #options() {
    return this.#chart.writer.options
  }

  #fill(template, values) {
    return this.#chart.tools.format.fill(template, values, this.player.data.lang)
  }

  // ---- the card

  add(chart) {
    const box = make("div", "dl-writer", chart.over)
    this.paper = make("div", "dl-paper", box)
    this.paper.tabIndex = 0
    this.paper.addEventListener("click", (event) => {
      const i = Number(event.target.dataset?.at)
      if (Number.isInteger(i) && event.target.dataset.at !== undefined) this.go(i)
    })
    this.paper.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 }[event.key]
      if (!by) return
      event.preventDefault()
      this.go(this.at + by)
    })
    const side = make("div", "dl-next", box)
    this.head = make("div", "dl-next-head", side)
    this.head.setAttribute("aria-live", "polite")
    this.list = make("ul", "dl-chances dl-likely", side)
    const foot = make("div", "dl-how", box)
    this.sliders = Object.fromEntries(SLIDERS.map((name) => {
      const row = make("label", "dl-slider", foot)
      const slider = { label: make("span", "", row), input: make("input", "dl-range", row), value: make("output", "", row) }
      slider.input.type = "range"
      slider.input.addEventListener("input", () => this.set(name, Number(slider.input.value)))
      return [name, slider]
    }))
    const acts = make("div", "dl-acts", foot)
    const button = (act) => {
      const made = make("button", "dl-word", acts)
      made.addEventListener("click", act)
      return made
    }
    this.back = button(() => this.go(this.at - 1))
    this.step = button(() => this.one())
    this.anew = button(() => this.write())
    chart.wrote = (view) => this.show(view)
  }

  // Templates have been swapped: other words, or another alphabet.
  refresh() {
    const chart = this.#chart
    if (!chart) return
    const text = JSON.stringify(chart.writer.options)
    if (text === this.named) return
    this.named = text
    const { words, symbols } = chart.writer.options
    const ranges = { temperature: { min: 0.1, max: 2, step: 0.05 }, k: { min: 1, max: symbols.length, step: 1 }, p: { min: 0.1, max: 1, step: 0.01 } }
    for (const name of SLIDERS) {
      Object.assign(this.sliders[name].input, ranges[name])
      this.sliders[name].label.textContent = words[name]
      this.sliders[name].label.title = words.about[name]
    }
    this.how = { ...this.sampling.PLAIN }
    for (const name of ["back", "step", "anew"]) this[name].textContent = words[name]
    this.#sliders()
    this.from = null
  }

  #sliders() {
    const { symbols } = this.#options
    const said = { temperature: "{v:.2f}", k: "{v:d}", p: "{v:.2f}" }
    for (const name of SLIDERS) {
      const v = name === "k" ? this.how.k || symbols.length : this.how[name]
      const { input, value } = this.sliders[name]
      input.value = v
      value.textContent = this.#fill(said[name], { v })
    }
  }

  // ---- the text

  // A picture of the network: what it wrote by itself takes the place of what was drawn of an earlier one.
  show(view) {
    const written = view.get("written")
    const logits = view.get("logits")
    if (!written || !logits || written === this.from) return
    this.from = written
    const begun = view.get("begun")?.[0] ?? 0
    this.given = Array.from(written.subarray(0, begun))
    this.text = Array.from(written.subarray(begun))
    const v = view.shape("logits")[1]
    this.rows = this.text.map((_, i) => logits.subarray(i * v, (i + 1) * v))
    this.luck = this.text.map((symbol, i) => this.#luck(this.rows[i], symbol, this.sampling.PLAIN, i))
    this.length = this.text.length
    this.at = this.at && this.at <= this.length ? this.at : 0
    const { how } = this
    if (how.temperature === 1 && !how.k && how.p === 1) this.draw()
    else this.redraw()
  }

  #luck(row, symbol, how, place) {
    return this.sampling.luck(row, symbol, how, this.sampling.chance(this.seed, place))
  }

  set(name, value) {
    this.how[name] = name === "k" && value >= this.#options.symbols.length ? 0 : value
    this.#sliders()
    this.redraw()
  }

  // Draw the text once more with the same luck and the settings of now.
  redraw() {
    const other = this.sampling.again(this.text, this.rows, this.luck, this.how)
    if (other) this.#cut(other.i, other.next)
    if (this.text.length < this.length) this.#more()
    this.draw()
  }

  // What stands at place i is another symbol: nothing behind it holds any longer.
  #cut(i, symbol) {
    this.text = [...this.text.slice(0, i), symbol]
    this.rows = this.rows.slice(0, i + 1)
    this.luck = this.luck.slice(0, i + 1)
  }

  // Have the network go on behind what stands there.
  #more(wait = ANSWER_MS) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const { player } = this
      if (!player.shown || !player.data.ask?.write) return
      const how = { ...this.how }
      const { size } = this.#chart.writer.options
      const off = this.heads()
      const question = { probe: player.data.ask.write.probe, epoch: player.shown.epoch, arguments: {
        before: [...this.given, ...this.text].slice(-size), n: this.length - this.text.length, temperature: how.temperature,
        top_k: how.k || this.#options.symbols.length, top_p: how.p, seed: this.seed + this.text.length, ...(off.length && { off }) } }
      if (question.arguments.n <= 0) return
      this.asker ??= player.touch.makeAsker((run, asked, answer) => {
        const known = this.asked
        if (run !== player.run.key || asked !== known?.question || this.text.join(" ") !== known.text) return
        if (answer) this.#append(answer.arrays, known.how)
        else this.#more(AGAIN_MS) // a worker that is busy, or has just started
      })
      this.asked = { question, how, text: this.text.join(" ") }
      this.asker.ask(player.run.key, question)
    }, wait)
  }

  #append(arrays, how) {
    const written = Array.from(arrays.get("written"))
    const logits = arrays.get("logits")
    const v = arrays.shape("logits")[1]
    const from = this.text.length
    written.forEach((symbol, i) => {
      const row = logits.subarray(i * v, (i + 1) * v)
      this.rows.push(row)
      this.text.push(symbol)
      this.luck.push(this.#luck(row, symbol, how, from + i))
    })
    this.redraw()
  }

  // One more symbol is drawn at the place that is marked, with luck of its own.
  one() {
    const { at } = this
    if (at >= this.rows.length) return
    this.drawnOnce = (this.drawnOnce ?? 0) + 1
    this.luck[at] = this.sampling.chance(this.seed + 7919 * this.drawnOnce, at)
    const next = this.sampling.drawn(this.sampling.chances(this.rows[at], this.how), this.luck[at])
    if (next !== this.text[at]) {
      this.#cut(at, next)
      this.#more()
    }
    this.at = Math.min(at + 1, this.length - 1) // what can stand there the network may still have to say
    this.draw()
  }

  // All of it anew.
  write() {
    this.seed += 1
    this.luck = this.text.map((_, i) => this.sampling.chance(this.seed, i))
    this.at = 0
    this.redraw()
  }

  go(i) {
    this.at = Math.min(Math.max(i, 0), Math.max(this.rows.length - 1, 0))
    this.draw()
  }

  // ---- what is shown

  draw() {
    const { symbols, words } = this.#options
    const spans = [...this.given.map((k) => [symbols[k], "dl-given"]),
      ...this.text.map((k, i) => [symbols[k], i === this.at ? "dl-at" : i > this.at && this.at > 0 ? "dl-later" : "", i])]
    const { children } = this.paper
    while (this.paper.childElementCount > spans.length) this.paper.lastElementChild.remove()
    while (this.paper.childElementCount < spans.length) make("span", "", this.paper)
    spans.forEach(([text, className, i], n) => {
      const span = children[n]
      if (span.textContent !== text) span.textContent = text
      if (span.className !== className) span.className = className
      if (i === undefined) delete span.dataset.at
      else span.dataset.at = i
    })
    const row = this.rows[this.at]
    const found = row ? this.sampling.likeliest(row, this.how, Math.min(SHOWN, symbols.length)) : []
    this.head.textContent = this.#fill(words.next, { before: [...this.given, ...this.text.slice(0, this.at)].slice(-8).map((k) => visible(symbols[k])).join("") })
    while (this.list.childElementCount > found.length) this.list.lastElementChild.remove()
    while (this.list.childElementCount < found.length) {
      const item = make("li", "", this.list)
      make("span", "", item)
      const bar = make("span", "dl-chance", item)
      make("i", "", bar)
      make("b", "", bar)
      make("span", "", item)
    }
    found.forEach(({ symbol, own, p }, n) => {
      const item = this.list.children[n]
      const [name, bar, share] = item.children
      name.textContent = visible(symbols[symbol])
      bar.children[0].style.transform = `scaleX(${own})`
      bar.children[1].style.transform = `scaleX(${p})`
      share.textContent = this.#fill("{p:.0%}", { p })
      item.className = `${symbol === this.text[this.at] ? "dl-drawn" : ""} ${p === 0 ? "dl-out" : ""}`.trim()
      item.title = this.#fill(words.bar, { symbol: visible(symbols[symbol]), own, p })
    })
    this.back.disabled = this.at === 0
    this.step.disabled = !row
  }

  reset() {
    clearTimeout(this.timer)
    this.asker?.forget()
    this.from = this.asked = null
    this.at = 0
  }
}
