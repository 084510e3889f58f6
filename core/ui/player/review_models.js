// What each of several models says of a text: its answer, and how likely it takes each class to be.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

export class Models {
  constructor(parent, format) {
    this.box = make("div", "dl-review-result", parent)
    this.format = format
    this.bars = {}
  }

  // models: [[key, title], …]; what they have said is forgotten.
  name(classes, models) {
    this.classes = classes
    this.box.replaceChildren()
    this.bars = Object.fromEntries(models.map(([key, title]) => {
      const card = make("div", "dl-review-model", this.box)
      const head = make("div", "dl-review-head", card)
      make("span", "", head, title)
      const said = make("strong", "", head, "–")
      const list = make("ul", "dl-chances", card)
      const rows = classes.map((name) => {
        const row = make("li", "", list)
        row.title = name
        make("span", "", row, name)
        const bar = make("i", "", make("span", "dl-chance", row))
        return { row, bar, share: make("span", "", row) }
      })
      return [key, { said, rows }]
    }))
  }

  // p: how likely each class is; undefined while nothing is known. sure: the words for an answer, with {name} and {share}.
  show(key, p, sure, language) {
    const { format } = this
    const { said, rows } = this.bars[key] ?? { rows: [] }
    const most = p ? Math.max(...p) : 2
    const first = p ? p.indexOf(most) : -1
    if (said) said.textContent = p ? format.fill(sure, { name: this.classes[first], share: most }, language) : "–"
    rows.forEach(({ row, bar, share }, i) => {
      row.classList.toggle("dl-first", i === first)
      bar.style.transform = `scaleX(${p?.[i] ?? 0})`
      share.textContent = p ? format.number(p[i], ".0%", language) : ""
    })
  }

  // The answers on screen are about what was there before.
  wait(on) {
    this.box.classList.toggle("dl-waits", on)
  }
}
