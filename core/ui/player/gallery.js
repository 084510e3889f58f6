// The picture that the network is looked at with, chosen in a gallery, and the map of which is asked what excites it.

export class Gallery {
  // onTap: calls back for a click or a tap; ask(): something was chosen; sketch: what may be drawn in the place of a picture.
  constructor(player, onTap, ask, sketch) {
    Object.assign(this, { player, onTap, ask, sketch })
    Object.assign(sketch, { ask, busy: () => Boolean(player.touch.asker?.busy), language: () => player.data.lang,
      image: () => this.pixels ?? this.#pixelsOf(this.#all[0], 0) })
    this.image = null // the number of the picture
    this.before = null // of the one chosen before, where that is told
    this.unit = null // [layer, map]
  }

  get #all() {
    return this.player.stage.all.filter((c) => c.tiles?.options.ids)
  }

  // The galleries of a layer's own kernels.
  get #units() {
    return this.player.stage.all.filter((c) => c.tiles?.options.layer)
  }

  // What to ask of the network. While it is trained only what was chosen: the first picture is in the frames, and reasons take long.
  get arguments() {
    const ended = Boolean(this.player.run.end)
    const flat = ended && this.player.stage.all.some((c) => c.clouds.some((b) => b.source[0] === "neighbours"))
    const { drawing, picture, quick, wishes } = this.sketch
    const image = drawing || picture ? null : this.image ?? (ended ? this.#first : null)
    const before = this.before !== null && this.#pairs && { before: this.before }
    const seen = drawing ? { drawing } : picture ? { picture } : image !== null && { image, ...before }
    const shown = this.player.stage.all.some((c) => c.tiles?.source[0] === "reasons")
    const reasons = seen && ended && shown && !quick && { reasons: true }
    return { ...(flat && { neighbours: true }), ...seen, ...wishes, ...reasons, ...(this.unit && { unit: this.unit }) }
  }

  get #pairs() {
    return this.#all.some((c) => c.tiles.options.pairs)
  }

  get asks() {
    return Object.keys(this.arguments).length > 0
  }

  get #first() {
    const [first] = this.#all
    return first?.seen?.view.get(first.tiles.options.ids)?.[0] ?? null
  }

  // The pixels of picture i of a chart: {values, shape}; null if there are none yet.
  #pixelsOf(chart, i) {
    const view = chart?.seen?.view
    const name = chart?.tiles.source[0]
    const values = view?.get(name)
    if (!values) return null
    const shape = view.shape(name).slice(1)
    const size = shape.reduce((a, b) => a * b, 1)
    return { values: values.slice(i * size, (i + 1) * size), shape }
  }

  // Templates have been swapped: the numbers may be those of other pictures now.
  refresh() {
    const own = this.#all[0]?.tiles.options.own
    if (own !== this.own) this.image = this.before = this.pixels = null
    this.own = own
    this.sketch.refresh(this.player.stage.all.find((c) => c.sketch))
  }

  add(chart) {
    this.#presses(chart, (i) => {
      const id = chart.seen?.view.get(chart.tiles.options.ids)?.[i]
      if (id === undefined) return
      if (id !== this.image) this.before = this.image ?? (this.#pairs ? this.#first : null)
      this.image = id
      this.pixels = this.#pixelsOf(chart, i)
      this.sketch.leave()
      this.ask()
    })
  }

  // A gallery of kernels: a press on one looks at its map.
  addUnits(chart, look) {
    this.#presses(chart, (i) => i < (chart.count ?? 0) && look(chart.tiles.options.layer, i))
  }

  #presses(chart, act) {
    const { images } = chart.tools
    const choose = (i) => this.player.data.ask?.neurons && act(i)
    const captions = () => images.captioned(chart.tiles.options)
    chart.gd.tabIndex = 0
    chart.gd.setAttribute("role", "application")
    chart.plot.style.cursor = "pointer"
    const point = (cursor) => {
      chart.cursor = cursor
      this.mark()
    }
    this.onTap(chart.plot, (event) => {
      const place = chart.area && chart.locate(event)
      const i = place ? images.at(chart.count ?? 0, chart.area, captions(), place, chart.tiles.options.columns) : -1
      if (i >= 0) choose(i)
    })
    let pressed = false // a pointer needs no cursor of the keyboard's
    chart.gd.addEventListener("pointerdown", () => { pressed = true }, true)
    chart.gd.addEventListener("focus", () => point(pressed ? -1 : 0))
    chart.gd.addEventListener("blur", () => {
      pressed = false
      point(-1)
    })
    chart.gd.addEventListener("keydown", (event) => {
      const now = Math.max(chart.cursor ?? 0, 0)
      if (event.key.startsWith("Arrow")) point(images.move(chart.count ?? 0, chart.area, captions(), now, event.key, chart.tiles.options.columns))
      else if (event.key === "Enter" || event.key === " ") choose(now)
      else return
      event.preventDefault()
    })
  }

  mark() {
    for (const chart of this.#all) {
      const ids = Array.from(chart.seen?.view.get(chart.tiles.options.ids) ?? [])
      const first = chart.template.area === "main" ? 0 : -1 // what a frame itself was looked at with
      const chosen = this.image === null ? first : ids.indexOf(this.image)
      chart.marks = { chosen: this.sketch.drawing || this.sketch.picture ? -1 : chosen, cursor: chart.cursor ?? -1 }
      chart.repaint?.()
    }
    for (const chart of this.#units) {
      const [layer, unit] = this.unit ?? []
      chart.marks = { chosen: layer === chart.tiles.options.layer ? unit : -1, cursor: chart.cursor ?? -1 }
      chart.repaint?.()
    }
  }
}
