// A text that a person types, and what a trained network says of it at once: how likely each class is, and which words moved it. A word
// that is pressed can be taken out, negated or swapped; the simple model beside the network says what it thinks, too.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const version = new URL(import.meta.url).search
const part = (name) => import(`./${name}.js${version}`)
const [files, mounts, format, theme, records, streams, rests, words, models] = await Promise.all(
  ["files", "mount", "format", "theme", "records", "stream", "rest", "review_words", "review_models"].map(part))

const TELL_MS = 900 // the page hears of a text once nobody has typed for so long
const KEPT = 50 // texts to go back to
const SHOWN = 6 // changes that are listed
const SPREAD = 0.02 // of the change: a larger share that no integration found is told

class Review {
  constructor(component) {
    this.root = make("div", "dl-player dl-review", component.parentElement)
    this.label = make("label", "dl-review-label", this.root)
    this.box = make("textarea", "dl-review-box", this.root)
    this.box.rows = 3
    this.box.spellcheck = false
    this.box.id = `review-${Math.random().toString(36).slice(2, 8)}`
    this.label.htmlFor = this.box.id
    this.box.addEventListener("input", () => this.#write(this.box.value, null))
    this.models = new models.Models(this.root, format)
    this.words = make("div", "dl-review-words", this.root)
    this.words.setAttribute("role", "group")
    this.acts = make("div", "dl-review-acts", this.root)
    this.#acts()
    this.sums = make("p", "dl-review-sums", this.root)
    this.log = make("ol", "dl-review-log", this.root)
    this.says = make("div", "dl-hidden", this.root)
    this.says.setAttribute("aria-live", "polite")
    this.past = []
    this.changes = []
    this.chosen = -1
    this.view = "" // whose attention colours the words; "" for what moved the answer
  }

  #acts() {
    this.name = make("span", "dl-review-name", this.acts)
    const button = (act) => {
      const found = make("button", "dl-word", this.acts)
      found.addEventListener("click", act)
      return found
    }
    this.buttons = { remove: button(() => this.#change("remove")), negate: button(() => this.#change("negate")) }
    this.swap = make("input", "dl-review-swap", this.acts)
    this.swap.type = "text"
    this.swap.maxLength = 40
    this.swap.addEventListener("keydown", (event) => event.key === "Enter" && this.#change("swap"))
    this.buttons.swap = button(() => this.#change("swap"))
    this.buttons.undo = button(() => this.#undo())
    this.heads = make("select", "dl-speed dl-review-heads", this.acts)
    this.heads.hidden = true
    this.heads.addEventListener("change", () => { this.view = this.heads.value; this.#paint() })
  }

  // ---- from the page

  take(component) {
    this.component = component
    const before = this.data
    this.data = component.data
    const { data } = this
    this.tokens = theme.tokens(this.root, data.theme)
    for (const name of ["positive", "negative"]) this.root.style.setProperty(`--dl-${name}`, this.tokens[name])
    if (JSON.stringify(before?.strings) !== JSON.stringify(data.strings)) this.#name()
    if (JSON.stringify([before?.classes, before?.beside]) !== JSON.stringify([data.classes, data.beside])) this.#bars()
    const other = before?.run !== data.run || before?.beside !== data.beside
    if (before?.run !== data.run) {
      this.answer = null
      this.changes = []
      this.#list()
    }
    if (!before || (data.text !== before.text && data.text !== this.told)) {
      if (before) this.#keep()
      this.#set(data.text)
    } else if (other) this.#ask()
    else this.#paint()
  }

  #name() {
    const { strings } = this.data
    this.label.textContent = strings.label
    this.words.setAttribute("aria-label", strings.words)
    this.swap.setAttribute("aria-label", strings.other)
    this.swap.placeholder = strings.other
    this.heads.setAttribute("aria-label", strings.view)
    for (const [name, button] of Object.entries(this.buttons)) button.textContent = strings[name]
  }

  #bars() {
    const { classes, beside, strings } = this.data
    this.models.name(classes, [["network", strings.network], ...(beside ? [["simple", strings.simple]] : [])])
  }

  // ---- the text

  #keep() {
    if (this.text !== undefined && this.past.at(-1) !== this.text) this.past = [...this.past, this.text].slice(-KEPT)
  }

  #set(text) {
    this.text = text
    this.chosen = -1
    if (this.box.value !== text) this.box.value = text
    this.#ask()
  }

  // A new text: typed, or made by a change, of which is said what it came to.
  #write(text, what) {
    if (text.length > this.data.limit) text = text.slice(0, this.data.limit)
    if (what || !this.typing) this.#keep() // what is typed in one go is one step back
    this.typing = !what
    this.pending = what && { ...what, before: this.answer }
    this.#set(text)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#tell(), what ? 0 : TELL_MS)
  }

  #tell() {
    this.typing = false
    const text = this.text
    rests.atRest(this.root, () => {
      if (this.gone || text !== this.text) return
      this.told = text
      this.component.setStateValue("text", text)
    })
  }

  #change(act) {
    const pressed = this.spots?.[this.chosen]
    const spot = pressed && this.#word(pressed)
    if (!spot || (act === "swap" && !this.swap.value.trim())) return
    const { strings, lang } = this.data
    const word = this.text.slice(...spot)
    const made = { remove: words.without, negate: words.negated, swap: words.swapped }[act](this.text, spot, this.swap.value.trim())
    const what = format.fill(strings.changed[act], { word, other: this.swap.value.trim() }, lang)
    const again = act === "negate" ? this.text.slice(...pressed) : act === "swap" ? this.swap.value.trim() : ""
    this.#write(made, { what, near: pressed[0], word: this.data.tokens === "characters" ? [...again][0] : again })
  }

  // What is changed when a token is pressed: a word, also where a token is a character.
  #word(spot) {
    return this.data.tokens === "characters" ? words.wordAt(this.text, spot) : spot
  }

  #undo() {
    const before = this.past.pop()
    if (before === undefined) return
    this.typing = true // which keeps nothing
    this.#write(before, null)
    this.typing = false
  }

  // ---- questions and answers

  #ask() {
    const { data } = this
    if (!data || this.text === undefined) return
    const base = files.address(data)
    const asker = (take) => new streams.Asker(base, records.Reader, (run, question, answer) => {
      if (this.gone || question.arguments.text !== this.text) return
      take(answer, run)
    })
    this.asker ??= asker((answer, run) => run === this.data.run && this.#answered(answer))
    this.simple ??= asker((answer, run) => run === this.data.beside && this.#simple(answer))
    this.models.wait(true)
    const question = { probe: "read", epoch: null, arguments: { text: this.text, attention: true } }
    this.asker.ask(data.run, question)
    if (data.beside) this.simple.ask(data.beside, question)
  }

  #answered(answer) {
    this.models.wait(false)
    this.answer = answer && answer.arrays
    const p = this.answer?.get("p")
    this.models.show("network", p, this.data.strings.sure, this.data.lang)
    if (!this.answer) {
      this.sums.textContent = this.data.strings.none
      return
    }
    const { pending } = this
    const was = pending?.before?.get("p")
    if (pending && was) {
      const k = was.indexOf(Math.max(...was))
      this.changes = [{ what: pending.what, name: this.data.classes[k], before: was[k], after: p[k] }, ...this.changes].slice(0, SHOWN)
      this.#list()
    }
    this.pending = null
    if (pending?.word) this.#choose(pending)
    this.#paint()
  }

  // The word that was changed stays chosen: the next press may undo what the last one did.
  #choose({ word, near }) {
    const first = this.answer.get("first")[0]
    const spots = words.places(this.text, this.data.tokens).slice(first, first + this.answer.get("ids").length)
    const fit = spots.map(([start, end], i) => ({ i, far: Math.abs(start - near), same: this.text.slice(start, end) === word }))
      .filter(({ same }) => same).sort((a, b) => a.far - b.far)
    this.chosen = fit.length ? fit[0].i : -1
  }

  #simple(answer) {
    this.models.show("simple", answer?.arrays.get("p"), this.data.strings.sure, this.data.lang)
  }

  #list() {
    const { strings, lang } = this.data
    this.log.replaceChildren(...this.changes.map((change) => make("li", "", null, format.fill(strings.log, change, lang))))
    if (this.changes.length) this.says.textContent = this.log.firstChild.textContent
  }

  // ---- the words

  #paint() {
    const { answer, data } = this
    if (!answer) return
    const { strings, lang } = data
    const ids = answer.get("ids")
    const known = (i) => ids[i] !== data.unknown
    const values = answer.get("attributions")
    const attention = answer.get("attention")
    this.#views(attention ? answer.shape("attention")[0] : 0)
    const [first] = answer.get("first")
    const all = words.places(this.text, data.tokens)
    this.spots = all.slice(first, first + ids.length)
    if (this.chosen >= this.spots.length) this.chosen = -1
    const seen = attention && this.view !== ""
    const spot = this.spots[this.chosen] && this.#word(this.spots[this.chosen])
    const within = spot ? this.spots.flatMap(([start, end], i) => (start >= spot[0] && end <= spot[1] ? [i] : [])) : []
    const shades = seen ? words.strengths(words.looks(attention, answer.shape("attention"), Number(this.view), this.chosen), 1e-6)
      : words.strengths(values)
    this.words.replaceChildren(...words.pieces(this.text, this.spots).map((piece) => {
      if (piece.token < 0) return make("span", piece.unread ? "dl-unread" : "", null, piece.text)
      const chip = make("button", "dl-chip", null, piece.text)
      const value = values[piece.token]
      chip.style.setProperty("--shade", `${Math.round(70 * Math.abs(shades[piece.token]))}%`)
      chip.style.setProperty("--tint", `var(--dl-${shades[piece.token] < 0 ? "negative" : "positive"})`)
      chip.classList.toggle("dl-unknown", !known(piece.token))
      chip.setAttribute("aria-pressed", String(within.includes(piece.token)))
      chip.title = format.fill(known(piece.token) ? strings.moved : strings.unknown, { word: piece.text, value }, lang)
      chip.addEventListener("click", () => {
        this.chosen = within.includes(piece.token) ? -1 : piece.token
        this.#paint()
        this.words.querySelector("[aria-pressed=true]")?.focus({ preventScroll: true })
      })
      return chip
    }))
    const word = spot ? this.text.slice(...spot) : ""
    const value = within.reduce((total, i) => total + values[i], 0)
    this.name.textContent = spot ? format.fill(within.some(known) ? strings.moved : strings.unknown, { word, value }, lang) : strings.press
    for (const name of ["remove", "negate", "swap"]) this.buttons[name].disabled = !spot
    this.swap.disabled = !spot
    this.buttons.undo.disabled = !this.past.length
    const p = answer.get("p")
    const sum = values.reduce((a, b) => a + b, 0)
    const [missing] = answer.get("missing")
    const [base, logit] = ["base", "logit"].map((name) => answer.get(name)[0])
    const cut = all.length - ids.length
    this.sums.textContent = format.fill(strings.sums, { base, sum, logit,
      name: data.classes[p.length === 2 ? 1 : p.indexOf(Math.max(...p))] }, lang)
      + (Math.abs(missing) > SPREAD * Math.max(Math.abs(logit - base), 1) ? ` ${format.fill(strings.missing, { missing }, lang)}` : "")
      + (cut ? ` ${format.fill(strings[data.keep], { cut }, lang)}` : "")
  }

  #views(count) {
    this.heads.hidden = !count
    if (this.heads.childElementCount === (count ? count + 1 : 0)) return
    const { strings, lang } = this.data
    this.heads.replaceChildren()
    for (let i = 0; i <= count && count; i++) {
      const option = make("option", "", this.heads, i ? format.fill(strings.head, { n: i }, lang) : strings.attributions)
      option.value = i ? String(i - 1) : ""
    }
    this.view = ""
  }

  destroy() {
    this.gone = true
    clearTimeout(this.timer)
    this.root.remove()
  }
}

export default mounts.mounting(Review, (data) => files.prepare(data, version))
