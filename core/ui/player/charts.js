// One Plotly figure on a card: mounted once, then fed. What moves with every picture is painted beside Plotly
// (canvases, the line of the shown epoch); what Plotly draws itself changes only as often as it must.

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset", showTips: false }
const CURVES_MS = 125 // new rows enter a curve at most so often
const MATRIX_MS = 120
const LABEL_PX = 12 // height of a line's name

function div(parent, name, tag = "div") {
  const element = document.createElement(tag)
  element.className = name
  parent.append(element)
  return element
}

// What feeds a binding: one of the page's run, or of another one.
const name = (binding) => [binding.source[0], binding.options.run].filter(Boolean).join(" ")

// The means of an array's rows.
function means(values, [rows] = [0]) {
  const width = values.length / rows
  return Array.from({ length: rows }, (_, i) => values.slice(i * width, (i + 1) * width).reduce((a, b) => a + b, 0) / width)
}

// e to the power of a number, if there is one.
const power = (v) => (Number.isFinite(v) ? Math.exp(v) : null)

// Whether an axis would be Plotly's own invention: nothing has been drawn yet that it could go by.
export const invented = (axis, data) => Boolean(axis.autorange) && data.every(({ y }) => !y?.length)

const bindingsOf = (chart) => chart.template.bindings.length

export class Chart {
  constructor(tools, template) {
    this.tools = tools // {Plotly, theme, pictures, labels, network, format}
    this.card = div({ append() {} }, "dl-card", "figure")
    this.title = div(this.card, "dl-title", "figcaption")
    this.plot = div(this.card, "dl-plot")
    this.under = div(this.plot, "dl-under")
    this.gd = div(this.plot, "dl-gd")
    this.over = div(this.plot, "dl-over")
    this.visible = true
    this.labels = []
    this.live = new Map() // what Plotly drew last, by binding: a new figure starts with it and so is never empty
    this.drawnRows = -1
    this.drawnAt = 0
    this.cost = 0
    this.template = template
    this.#frame()
  }

  // ---- the figure itself

  #frame() {
    const { id, height, span, bindings, figure } = this.template
    this.card.dataset.figure = id
    this.card.style.setProperty("--span", span)
    this.plot.style.height = `${height}px`
    const of = (kind) => bindings.filter((b) => b.kind === kind)
    this.curves = of("curve")
    this.lines = of("line")
    this.pinned = this.curves.some((b) => b.options.run)
    ;[this.heat] = of("heatmap")
    ;[this.matrix] = of("matrix")
    ;[this.net] = of("network")
    ;[this.tiles] = of("images")
    ;[this.sketch] = of("sketch")
    ;[this.strip] = of("strip")
    ;[this.said] = of("said")
    this.clouds = of("cloud")
    this.drawing = of("heads")[0] ?? of("flow")[0] ?? of("duel")[0]
    ;[this.writer] = of("writer")
    this.painted = this.ends = undefined
    const once = (name, parent, tag) => parent.querySelector(`:scope > .${name}`) ?? div(parent, name, tag)
    if (this.heat) {
      this.canvas = once("dl-picture", this.under, "canvas")
      this.canvas.style.opacity = figure.data[this.heat.trace].opacity ?? 1
      this.probe = once("dl-probe", this.over)
      this.probe.hidden = true
    }
    if (this.tiles) {
      this.canvas = once("dl-picture", this.over, "canvas")
      this.atlas ??= document.createElement("canvas")
    }
    if (this.net) {
      this.canvas = once("dl-picture", this.over, "canvas")
      this.atlas ??= document.createElement("canvas")
      const layers = JSON.stringify(this.net.options.layers)
      if (layers !== this.layers) this.shapes = undefined // the edges of another architecture
      this.layers = layers
    }
    if (this.strip) {
      this.canvas = once("dl-strip", this.under, "canvas")
      this.signs = once("dl-symbols", this.over)
    }
    if (this.said) this.words = once("dl-said", this.over)
    if (this.drawing) this.canvas = once("dl-picture", this.over, "canvas")
    if (figure.layout.meta?.labels) this.names = once("dl-names", this.plot)
    if (this.curves.length) {
      this.curtain = once("dl-curtain", this.over)
      this.now = once("dl-now", this.over)
      this.curtain.hidden = this.now.hidden = true // until an epoch is shown
    }
  }

  // Draw the figure of a template, new or in new colours. Synchronous, so that no empty picture is ever shown.
  mount(tokens, template = this.template) {
    const { Plotly, theme, narrow } = this.tools
    const swapped = template !== this.template
    this.template = template
    this.tokens = tokens
    if (swapped) this.#frame()
    const room = this.plot.clientWidth
    const figure = narrow ? narrow.fitted(theme.resolve(template.figure, tokens), room) : theme.resolve(template.figure, tokens)
    this.narrow = narrow?.isNarrow(figure.layout, room)
    if (this.heat) {
      const trace = figure.data[this.heat.trace]
      const classes = this.heat.source.length > 1
      this.table = theme.table(trace.colorscale, classes ? 256 * trace.zmax : 256)
      trace.opacity = 0 // the canvas shows it; the trace is there for its values under the pointer
    }
    if (this.net) {
      this.table = theme.table(figure.data[this.net.trace].colorscale)
      figure.data[this.net.trace].visible = false
      figure.layout.shapes = this.shapes ?? []
    }
    if (this.tiles) {
      this.table = this.tiles.options.signed ? theme.table(figure.layout.meta.scale) : null
      figure.data[this.tiles.trace].visible = false
    }
    if (this.strip) {
      const { signed, share } = figure.layout.meta
      this.table = { signed: theme.table(signed), share: theme.table(share) }
      figure.data[this.strip.trace].visible = false
    }
    if (this.drawing || this.writer) {
      const trace = figure.data[0]
      this.table = theme.table(trace.colorscale)
      trace.visible = false
    }
    for (const b of [...this.curves, ...this.lines, this.matrix]) {
      const data = b && this.live.get(name(b))
      if (data && (b.kind !== "matrix" || data.z.length === figure.data[b.trace].z.length)) Object.assign(figure.data[b.trace], data)
    }
    figure.layout.height = template.height
    figure.layout.autosize = true
    figure.layout.font.family = getComputedStyle(this.card).fontFamily
    if (!bindingsOf(this)) this.last(figure.data)
    Plotly.react(this.gd, figure.data, figure.layout, CONFIG)
    this.place()
    if (!this.listening) {
      this.listening = true
      for (const event of ["plotly_afterplot", "plotly_relayout", "plotly_relayouting"]) this.gd.on(event, () => this.place())
    }
    this.drawnRows = -1 // what was drawn is gone with the old figure
    this.hovered = this.drawnEdges = undefined
    if (this.matrix || this.clouds.length || this.lines.length) this.painted = undefined
  }

  // Where the traces of a figure that no run feeds end, which is where their names stand.
  last(data) {
    this.ends = data.map(({ x, y }) => {
      for (let i = (y?.length ?? 0) - 1; i >= 0; i--) if (Number.isFinite(y[i])) return [x?.[i] ?? i, y[i]]
      return null
    })
    if (this.area && this.names) this.#names()
  }

  get mounted() {
    return Boolean(this.listening)
  }

  resize() {
    if (!this.mounted || !this.card.isConnected || !this.plot.clientWidth) return
    const { narrow } = this.tools
    if (narrow?.isNarrow(this.template.figure.layout, this.plot.clientWidth) !== this.narrow) this.mount(this.tokens)
    this.tools.Plotly.Plots.resize(this.gd) // which takes a moment: then it is placed again
    this.place()
  }

  // Where the plot area is, in pixels, and how data becomes pixels there; asked again after every change of the axes.
  place() {
    const { xaxis, yaxis } = this.gd._fullLayout ?? {}
    if (!xaxis || !yaxis) return
    const before = this.area
    this.area = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length,
      x: (v) => xaxis.d2p(v), y: (v) => yaxis.d2p(v), toX: (p) => xaxis.p2d(p), toY: (p) => yaxis.p2d(p) }
    for (const box of [this.under, this.over]) {
      Object.assign(box.style, { left: `${this.area.left}px`, top: `${this.area.top}px`, width: `${this.area.width}px`,
        height: `${this.area.height}px` })
    }
    if (this.curves.length || this.lines.length) {
      for (const [letter, axis] of [["x", xaxis], ["y", yaxis]]) this.card.classList.toggle(`dl-no-${letter}`, invented(axis, this.gd.data))
    }
    if (this.heat) {
      const [left, right, bottom, top] = this.heat.options.domain
      const { x, y } = this.area
      Object.assign(this.canvas.style, { width: `${x(right) - x(left)}px`, height: `${y(bottom) - y(top)}px`,
        transform: `translate(${x(left)}px, ${y(top)}px)` })
      this.markPoint(this.point)
    }
    if ((this.net || this.tiles || this.drawing) && (before?.width !== this.area.width || before?.height !== this.area.height)) this.repaint?.()
    if (this.strip) Object.assign(this.canvas.style, { width: `${this.area.width}px`, height: `${this.area.y(this.canvas.height)}px` })
    if (this.epoch !== undefined) this.#line(this.epoch)
    if (this.names) this.#names()
    this.placed?.() // a guess lies over it
  }

  // ---- one frame

  // view: {get, shape} of arrays; row: metrics; run: all rows; rest: nothing moves now, so draw all of it; budget:
  // {ms} that Plotly may still take of this picture. Returns whether something is left for a later one.
  // without: what is said of figures whose numbers are those of a network without some of its neurons, and which numbers these are.
  show(view, row, run, { epoch, rest, language, budget, others, without }) {
    this.seen = { view, run, others }
    const { format } = this.tools
    const more = this.more?.(view) // what is said of a drawing; null while there is nothing to say
    const values = { ...row, epoch, perplexity: power(row.val_loss), ...more, ...this.#ratios(view) }
    const other = without?.metrics.some((metric) => this.template.title.includes(`{${metric}`))
    const missing = more === null || (this.tiles && !view.get(this.tiles.source[0])) // what is still to be chosen, or drawn
    const title = missing ? this.template.empty
      : format.fill(this.template.title, values, language) + (other ? ` · ${without.text}` : "")
    if (title !== this.shownTitle) this.title.textContent = this.title.title = this.shownTitle = title // to be read on a narrow card, too
    if (rest) this.gd.setAttribute("aria-label", more === null ? title : format.fill(this.template.alt, values, language))
    if (this.wanted && this.mounted) this.#surface(view) // a copy of it is shown elsewhere
    if (!this.visible || !this.mounted) return false
    if (this.curves.length && epoch !== undefined) this.#line(epoch)
    if (this.net) this.#network(view)
    if (this.heat) this.#surface(view)
    if (this.tiles) this.#images(view, language)
    if (this.strip) this.#strip(view)
    if (this.said) this.tools.strips.say(this.words, view, this.said)
    if (this.drawing) this.#drawing(view)
    if (this.writer) this.wrote?.(view)
    const due = performance.now() - this.drawnAt
    let left = false
    const later = (stale, wait, draw) => {
      if (!stale) return
      if (due > wait && budget.ms > 0) this.#timed(draw, budget)
      else left = true
    }
    const stamp = this.pinned ? `${run.stamp} ${others.version}` : run.stamp
    later(this.curves.length && stamp !== this.drawnRows, Math.max(CURVES_MS, 4 * this.cost), () => this.#rows(stamp))
    if (this.lines.length) later(this.#staleLines(view), Math.max(MATRIX_MS, 4 * this.cost), () => this.#arrays(view))
    if (this.matrix) later(this.#counts(view) !== this.painted, MATRIX_MS, () => this.#matrix(view))
    if (this.clouds.length) later(view.get(this.clouds[0].source[0]) !== this.painted, MATRIX_MS, () => this.#cloud(view))
    if (this.net) later(this.#staleEdges(view), 1.5 * this.cost, () => this.#edges(view))
    if (this.heat && rest) later(this.#values(view) !== this.hovered, 0, () => this.#hover(view))
    return left
  }

  // What its curves hold now.
  columns() {
    const { run, others } = this.seen ?? {}
    if (!this.curves.length) return this.lines.map((b) => this.live.get(name(b)) ?? { x: [], y: [] })
    return this.curves.map((b) => {
      const { x, y } = (b.options.run ? others?.of(b.options.run) : run)?.column(b.source[0]) ?? { x: [], y: [] }
      return { x, y: b.options.exp ? y.map(power) : y }
    })
  }

  // Titles and words before there is anything to show.
  wait() {
    this.title.textContent = this.shownTitle = this.template.empty
    this.gd.setAttribute("aria-label", this.template.empty)
  }

  #timed(work, budget) {
    this.drawnAt = performance.now()
    work()
    this.cost = performance.now() - this.drawnAt
    budget.ms -= this.cost
  }

  #values(view) {
    return view.get(this.heat.source[0])
  }

  #surface(view) {
    const { pictures } = this.tools
    const [name, sure] = this.heat.source
    const values = this.#values(view)
    if (!values || (values === this.painted && this.paintedTable === this.table)) return
    if (sure) pictures.paintClasses(this.canvas, values, view.get(sure), view.shape(name), this.table)
    else pictures.paintSmooth(this.canvas, values, view.shape(name), this.table)
    this.painted = values
    this.paintedTable = this.table
  }

  // The values under the pointer: too slow for every picture, so only when it rests.
  #hover(view) {
    const { options, source, trace } = this.heat
    const [rows, columns] = view.shape(source[0])
    const values = (this.hovered = this.#values(view))
    const classes = source.length > 1
    const z = Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns),
      (v) => (classes ? v : options.lo + (v / 255) * (options.hi - options.lo))))
    const update = { z: [z] }
    if (classes) update.text = [z.map((line) => line.map((k) => options.classes[k]))]
    this.tools.Plotly.restyle(this.gd, update, [trace])
  }

  #rows(stamp) {
    const columns = this.columns()
    this.ends = columns.map(({ x, y }) => {
      for (let i = y.length - 1; i >= 0; i--) if (Number.isFinite(y[i])) return [x[i], y[i]]
      return null
    })
    this.drawnRows = stamp
    this.curves.forEach((b, i) => this.live.set(name(b), columns[i]))
    this.tools.Plotly.restyle(this.gd, { x: columns.map((c) => c.x), y: columns.map((c) => c.y) },
      this.curves.map((b) => b.trace))
    this.place()
  }

  #counts(view) {
    return view.get(this.matrix.source[0])
  }

  #matrix(view) {
    const counts = (this.painted = this.#counts(view))
    const [rows, columns] = view.shape(this.matrix.source[0])
    const lines = Array.from({ length: rows }, (_, i) => Array.from(counts.subarray(i * columns, (i + 1) * columns)))
    const share = lines.map((line) => {
      const total = line.reduce((a, b) => a + b, 0)
      return line.map((v) => (total ? v / total : 0))
    })
    this.live.set(name(this.matrix), { z: share, text: lines })
    this.tools.Plotly.restyle(this.gd, { z: [share], text: [lines] }, [this.matrix.trace])
  }

  #cloud(view) {
    const [places, truth] = this.clouds[0].source.map((source) => view.get(source))
    this.painted = places
    const x = this.clouds.map(() => [])
    const y = this.clouds.map(() => [])
    const add = (k, i) => {
      x[k].push(places[2 * i])
      y[k].push(places[2 * i + 1])
    }
    if (this.clouds[0].source[1]) truth?.forEach(add)
    else for (let i = 0; 2 * i < (places?.length ?? 0); i++) add(0, i)
    this.tools.Plotly.restyle(this.gd, { x, y }, this.clouds.map((b) => b.trace))
  }

  // ---- lines that an array feeds, of the picture shown or of the newest one of another run

  #fed(b, view) {
    return b.options.run ? this.seen.others?.of(b.options.run)?.frames.at(-1)?.arrays : view
  }

  #staleLines(view) {
    return this.lines.some((b, i) => this.#fed(b, view)?.get(b.source[0]) !== this.painted?.[i])
  }

  #arrays(view) {
    this.painted = this.lines.map((b) => this.#fed(b, view)?.get(b.source[0]))
    const columns = this.lines.map((b, i) => {
      let y = Array.from(this.painted[i] ?? [])
      if (b.options.mean) y = means(y, this.#fed(b, view)?.shape(b.source[0]))
      if (b.options.least && y.length) y = [b.options.least, 1].map((share) => share * Math.max(...y))
      const over = b.source[1] && this.#fed(b, view)?.get(b.source[1])
      return { x: over ? Array.from(over) : y.map((_, k) => k + b.options.first), y }
    })
    this.lines.forEach((b, i) => this.live.set(name(b), columns[i]))
    this.tools.Plotly.restyle(this.gd, { x: columns.map((c) => c.x), y: columns.map((c) => c.y) }, this.lines.map((b) => b.trace))
    this.last(this.gd.data)
    this.place()
  }

  #ratios(view) {
    const found = {}
    for (const { options, source: [array] } of this.lines) {
      const values = options.ratio && view.get(array)
      if (values && values.at(-1) > 0) found[options.ratio] = values[0] / values.at(-1)
    }
    return found
  }

  #strip(view) {
    const { strips } = this.tools
    const [first] = this.strip.source
    if (view.get(first) === this.painted && this.paintedTable === this.table) return
    this.painted = view.get(first)
    this.paintedTable = this.table
    strips.paint(this.canvas, view, this.strip.options, this.table)
    this.place()
    strips.symbols(this.signs, view, this.strip.options, this.area.width)
  }

  #network(view) {
    const { network, pictures } = this.tools
    const thumbs = view.get("thumbs")
    if (thumbs && (thumbs !== this.painted || this.paintedTable !== this.table)) {
      pictures.paintAtlas(this.atlas, thumbs, view.shape("thumbs"), this.table)
      this.painted = thumbs
      this.paintedTable = this.table
    }
    this.repaint = () => network.paint(this.canvas, this.area, this.net.options, this.atlas,
      { ...this.marks, tokens: this.tokens })
    this.repaint()
  }

  #images(view, language) {
    const { images, format } = this.tools
    const [name] = this.tiles.source
    const values = view.get(name)
    if (!values) { // what was there was another run's
      this.painted = this.repaint = undefined
      this.count = 0
      this.canvas.width = this.canvas.width // which empties it
      return
    }
    const shape = view.shape(name)
    if (values !== this.painted || this.paintedTable !== this.table) {
      images.paintAll(this.atlas, values, shape, this.table)
      this.painted = values
      this.paintedTable = this.table
    }
    this.count = shape[0]
    this.repaint = () => images.paint(this.canvas, this.area, this.atlas, this.count, this.tiles.options,
      { view, chosen: -1, cursor: -1, ...this.marks, best: this.best, tokens: this.tokens, format, language, font: getComputedStyle(this.card).fontFamily })
    this.repaint()
  }

  // Attention, painted anew whenever something is pointed at. `laid`: where everything lies.
  #drawing(view) {
    const { kind, options } = this.drawing
    const font = getComputedStyle(this.card).fontFamily
    const fed = this.#fed(this.drawing, view)
    this.repaint = () => {
      if (!fed || !this.area) return
      const { heads } = this.tools
      const how = { heads: heads.every(options), ...this.marks, tone: (one) => heads.tone(one, options.heads), table: this.table, tokens: this.tokens, font }
      const g = this.tools.pictures.sharp(this.canvas, this.area)
      this.laid = this.tools[kind].paint(g, this.area, fed, options, how)
    }
    this.repaint()
  }

  #state(view) {
    return [view.get("w0"), [...(this.marks?.out ?? [])].join(" "), this.tokens]
  }

  #staleEdges(view) {
    const state = this.#state(view)
    return state[0] && (!this.drawnEdges || state.some((v, i) => v !== this.drawnEdges[i]))
  }

  #edges(view) {
    this.drawnEdges = this.#state(view)
    this.shapes = this.tools.network.edges(this.net.options, view, this.tokens, this.marks?.out)
    this.tools.Plotly.relayout(this.gd, { shapes: this.shapes })
  }

  // ---- what lies over a plot

  #line(epoch) {
    this.epoch = epoch
    if (!this.area) return
    this.curtain.hidden = this.now.hidden = false
    const x = this.area.x(epoch)
    this.curtain.style.transform = `translateX(${Math.max(x, 0)}px)`
    this.now.style.transform = `translateX(${x}px)`
  }

  // The names of lines, with where they stand beside the plot: the middle of each as a share of its height.
  named() {
    const { labels = [] } = this.template.figure.layout.meta ?? {}
    const { height, y } = this.area
    const at = labels.map((l) => ({ ...l, at: y(l.value ?? this.ends?.[l.trace]?.[1]) }))
      .filter((l) => Number.isFinite(l.at)) // no value yet, or zero on a logarithmic axis
    const tops = this.tools.labels.spread(at.map((l) => l.at), height, LABEL_PX)
    return at.map((l, i) => ({ ...l, top: tops[i], middle: (tops[i] + LABEL_PX / 2) / height }))
  }

  // A line's name in the margin beside its end, in its colour; names never lie on one another.
  #names() {
    const { left, top, width } = this.area
    const at = this.named()
    while (this.labels.length > at.length) this.labels.pop().remove()
    while (this.labels.length < at.length) this.labels.push(div(this.names, "dl-label", "span"))
    const room = (this.template.figure.layout.margin?.r ?? 0) - 6 // what the figure keeps free for its names
    at.forEach((l, i) => {
      const label = this.labels[i]
      label.style.maxWidth = room > 66 ? `${room}px` : ""
      if (label.textContent !== l.text) label.textContent = label.title = l.text
      label.style.color = this.tools.theme.resolve(l.color, this.tokens)
      label.style.transform = `translate(${left + width + 4}px, ${top + l.top}px)`
    })
  }

  markPoint(point) {
    this.point = point
    this.probe.hidden = !point
    if (point && this.area) this.probe.style.transform = `translate(${this.area.x(point[0])}px, ${this.area.y(point[1])}px)`
  }

  // The data coordinates under a pointer event, or null outside the plot area.
  locate(event) {
    const box = this.plot.getBoundingClientRect()
    const x = event.clientX - box.left - this.area.left
    const y = event.clientY - box.top - this.area.top
    return x < 0 || y < 0 || x > this.area.width || y > this.area.height ? null : { x, y, data: [this.area.toX(x), this.area.toY(y)] }
  }

  destroy() {
    this.tools.Plotly.purge(this.gd)
    this.card.remove()
  }
}
