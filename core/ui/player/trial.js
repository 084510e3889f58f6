// Beside a surface: the sliders that turn, shift and disturb what is on it, what the network sees of that, and what it says.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

export class Trial {
  // on: slide(name, value), reset(), move(whether), veil(whether). ranges, fitted: of core/ui/player/subject.js.
  constructor(pad, side, acts, ranges, on) {
    Object.assign(this, { ranges, sliders: {}, bars: [] })
    this.box = make("div", "dl-sliders")
    pad.insertBefore(this.box, side)
    for (const [name, range] of Object.entries(ranges)) {
      const row = make("label", "dl-slider", this.box)
      const slider = { label: make("span", "", row), input: make("input", "dl-range", row), value: make("output", "", row) }
      Object.assign(slider.input, { type: "range", ...range, value: 0 })
      slider.input.addEventListener("input", () => on.slide(name, Number(slider.input.value)))
      this.sliders[name] = slider
    }
    this.acts = acts
    this.box.append(acts)
    this.move = this.#toggle("dl-move", on.move)
    this.reset = make("button", "dl-word", acts)
    this.reset.addEventListener("click", on.reset)
    this.over = make("canvas", "dl-veil")
    this.over.setAttribute("aria-hidden", "true")
    this.over.hidden = true
    this.veil = this.#toggle("dl-cam", on.veil)
    side.append(this.veil)
    this.result = make("div", "dl-verdict", pad)
    const says = make("div", "dl-says", this.result)
    says.setAttribute("aria-live", "polite")
    says.setAttribute("aria-atomic", "true")
    this.said = make("strong", "", says)
    this.note = make("span", "", says)
    this.list = make("ul", "dl-chances", this.result)
  }

  #toggle(className, act) {
    const button = make("button", `dl-word ${className}`, this.acts)
    button.setAttribute("aria-pressed", "false")
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true"
      button.setAttribute("aria-pressed", String(on))
      act(on)
    })
    return button
  }

  // The words and classes of this page.
  name({ words, classes, draws }) {
    this.words = words
    for (const name of Object.keys(this.ranges)) this.sliders[name].label.textContent = words[name]
    for (const name of ["move", "reset", "veil"]) this[name].textContent = words[name]
    this.move.hidden = !draws
    if (JSON.stringify(classes) === this.classes) return
    this.classes = JSON.stringify(classes)
    this.list.replaceChildren()
    this.bars = classes.map((name) => {
      const row = make("li", "", this.list)
      row.title = name
      make("span", "", row, name)
      const bar = make("i", "", make("span", "dl-chance", row))
      return { row, bar, share: make("span", "", row) }
    })
  }

  // Where the sliders stand. say(template, values): words with their numbers.
  set(change, say) {
    for (const [name, { input, value }] of Object.entries(this.sliders)) {
      if (Number(input.value) !== change[name]) input.value = change[name]
      const text = say(name === "turn" ? this.words.degrees : this.words.share, { value: change[name] })
      value.textContent = text
      input.setAttribute("aria-valuetext", text)
    }
    this.reset.disabled = Object.values(change).every((v) => v === 0)
  }

  // The answer on screen is about what was there before.
  wait(on) {
    this.result.classList.toggle("dl-waits", on)
  }

  // What the network says: how likely it takes each class to be; null while it has said nothing of what is there.
  show(answer, said, note, say) {
    if (this.said.textContent !== (said ?? "–")) this.said.textContent = said ?? "–"
    if (this.note.textContent !== note) this.note.textContent = note
    const most = answer ? Math.max(...answer) : 2
    this.bars.forEach(({ row, bar, share }, i) => {
      const chance = answer?.[i] ?? 0
      row.classList.toggle("dl-first", chance === most)
      bar.style.transform = `scaleX(${chance})`
      share.textContent = answer ? say("{chance:.0%}", { chance }) : ""
    })
  }
}
