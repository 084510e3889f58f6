// Questions to the trained network: pull a neuron out, ask what a point does. A pointer and a keyboard can both ask.

const REMOVE_LIMIT = 64
const EDGE_PX = 5 // how near a pointer must be to a weight's line
const AGAIN_MS = 2000 // after a question that no worker could answer
const POINT_PX = 10 // a click so near to the chosen point takes it away

// A click of a mouse, or a finger that went down and up at the same place: Plotly keeps the click from fingers. A drag zooms.
export function onTap(element, act) {
  element.addEventListener("pointerdown", (down) => {
    if (!down.isPrimary || down.button) return
    const slack = down.pointerType === "touch" ? 10 : 4
    const end = (event) => {
      for (const kind of ["pointerup", "pointercancel"]) window.removeEventListener(kind, end, true)
      const moved = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY)
      if (event.type === "pointerup" && moved <= slack) act(event)
    }
    // on the window: while the button is down Plotly covers the page
    for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, end, true)
  }, true)
}

export class Touch {
  // parts: gallery, the picture that the network is looked at with; sequence, one, and gates that are held; attend, heads of attention that
  // are off, and the sequence they look at; writer, a text that the network writes; arena, two networks against each
  // other; maps, a module; kernel, what is painted and looked for
  // among the learned ones
  constructor(player, Asker, Reader, parts) {
    Object.assign(this, { player, ...parts })
    this.first = new Map() // layer → the first of its maps that is wanted, where that is not 0
    this.makeAsker = (onAnswer) => new Asker(player.base, Reader, onAnswer)
    this.out = new Set() // "layer,unit"
    this.selected = -1
    this.hovered = -1
    this.point = null
    this.changed = false
  }

  // ---- the cards

  add(chart) {
    if (chart.net) this.#network(chart)
    if (chart.heat?.options.point) this.#surface(chart)
    if (chart.tiles?.options.ids) this.gallery.add(chart)
    else if (chart.tiles && chart.template.id === "filters") this.gallery.addUnits(chart, (...unit) => this.look(...unit))
    if (chart.sketch) this.gallery.sketch.add(chart)
    if (chart.strip?.options.words.gates) this.sequence.add(chart)
    if (chart.drawing?.kind === "duel") this.arena.add(chart)
    else if (chart.drawing) this.attend.add(chart)
    if (chart.writer) this.writer.add(chart)
  }

  // Templates have been swapped: names and places of neurons may be others now.
  refresh() {
    this.gallery.refresh()
    this.sequence.refresh()
    this.attend.refresh()
    this.writer.refresh()
    this.arena.refresh()
    this.kernel.refresh(this.player.stage.all.find((c) => c.template.id === "filters"))
    const net = this.#net()
    if (!net) return
    net.gd.tabIndex = 0
    net.gd.setAttribute("role", "application")
    net.gd.setAttribute("aria-roledescription", this.player.data.strings.network_role)
    net.gd.setAttribute("aria-describedby", "dl-network-note")
    if (this.selected >= net.net.options.names.length) this.selected = -1
    this.#mark()
    this.note()
  }

  #net() {
    return this.player.stage.all.find((c) => c.net)
  }

  #heat() {
    return this.player.stage.all.find((c) => c.heat)
  }

  #network(chart) {
    const { network } = chart.tools
    chart.note = document.createElement("div")
    chart.note.className = "dl-note"
    chart.note.id = "dl-network-note"
    chart.note.setAttribute("aria-live", "polite")
    chart.card.append(chart.note)
    if (chart.net.options.hint) chart.maps = new this.maps.Maps(chart, { turn: (layer) => this.#turn(layer),
      switch: () => this.#switch(...this.gallery.unit), putBack: () => this.putBack() })
    const find = (event) => {
      const at = chart.area && chart.locate(event)
      if (!at) return -1
      const half = chart.net.options.side / 2 + 3
      return network.neurons(chart.net.options).findIndex(
        (n) => Math.abs(chart.area.x(n.x) - at.x) <= half && Math.abs(chart.area.y(n.y) - at.y) <= half)
    }
    chart.plot.addEventListener("pointermove", (event) => {
      const index = find(event)
      const edge = index < 0 ? this.#edge(chart, event) : null
      if (index === this.hovered && edge?.name === this.edge?.name) return
      this.hovered = index
      this.edge = edge
      chart.plot.style.cursor = index >= 0 && (this.#removable(chart, index) || this.#examinable(chart, index)) ? "pointer" : ""
      this.note()
    })
    chart.plot.addEventListener("pointerleave", () => {
      this.hovered = -1
      this.edge = null
      this.note()
    })
    onTap(chart.plot, (event) => {
      const index = find(event)
      if (index < 0) return
      this.selected = index
      this.pointLast = false
      this.act(chart, index)
    })
    chart.gd.addEventListener("keydown", (event) => this.#key(event, chart))
    for (const kind of ["focus", "blur"]) chart.gd.addEventListener(kind, () => {
      this.focused = kind === "focus"
      if (this.focused && this.selected < 0) this.selected = 0
      this.#mark()
      this.note()
    })
  }

  // The weight under the pointer, and its name.
  #edge(chart, event) {
    const { shown } = this.player
    const at = chart.area && chart.locate(event)
    if (!at || !shown) return null
    const reach = Math.abs(chart.area.toY(EDGE_PX) - chart.area.toY(0))
    const { options } = chart.net
    const edge = chart.tools.network.edgeAt(options, shown.arrays, at.data, reach)
    if (!edge) return null
    const all = chart.tools.network.neurons(options)
    const name = (layer, unit) => options.names[all.findIndex((n) => n.layer === layer && n.unit === unit)]
    edge.ends = { from: name(edge.layer, edge.from), to: name(edge.layer + 1, edge.to) }
    edge.name = `${edge.ends.from} ${edge.ends.to}`
    return edge
  }

  #key(event, chart) {
    const { key } = event
    this.pointLast = false
    if (key.startsWith("Arrow")) this.selected = chart.tools.network.move(chart.net.options, this.selected, key)
    else if (key === "Enter" || key === " ") this.act(chart, this.selected)
    else if ((key === "Delete" || key === "Backspace") && chart.net.options.hint) this.toggle(chart, this.selected)
    else if (key === "Escape") this.putBack()
    else return
    event.preventDefault()
    this.#mark()
    this.note()
  }

  #surface(chart) {
    chart.gd.tabIndex = 0
    onTap(chart.plot, (event) => {
      const at = chart.area && chart.locate(event)
      if (!at) return
      const off = ([x, y]) => Math.hypot(chart.area.x(x) - at.x, chart.area.y(y) - at.y)
      if (this.point && off(this.point) <= POINT_PX) return this.ask(null)
      const points = chart.gd.data.flatMap((trace) => (trace.type === "scatter" ? trace.x.map((x, i) => [x, trace.y[i]]) : []))
      const nearest = points.reduce((a, b) => (off(b) < off(a) ? b : a), [Infinity, Infinity])
      this.ask(off(nearest) <= POINT_PX ? nearest : at.data)
    })
    chart.gd.addEventListener("keydown", (event) => {
      const [left, right, bottom, top] = chart.heat.options.domain
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Enter: [0, 0] }[event.key]
      if (event.key === "Escape") this.ask(null)
      else if (step) {
        const [x, y] = this.point ?? [(left + right) / 2, (bottom + top) / 2]
        this.ask([Math.min(Math.max(x + (step[0] * (right - left)) / 20, left), right),
          Math.min(Math.max(y + (step[1] * (top - bottom)) / 20, bottom), top)])
      } else return
      event.preventDefault()
    })
  }

  // ---- pulling neurons out

  #removable(chart, index) {
    const n = chart.tools.network.neurons(chart.net.options)[index]
    return Boolean(n && this.player.data.ask?.neurons && chart.net.options.removable.includes(n.layer))
  }

  // Whether it can be asked what excites it: all but the image itself, where the neurons are maps of pixels.
  #examinable(chart, index) {
    const n = chart.tools.network.neurons(chart.net.options)[index]
    return Boolean(n && n.layer > 0 && this.player.data.ask?.neurons && chart.net.options.hint)
  }

  // [layer, unit] of what is drawn at a place: of a layer other maps than its first ones may be.
  #unit(chart, index) {
    const n = chart.tools.network.neurons(chart.net.options)[index]
    return [n.layer, n.unit + (this.shownFirst.get(n.layer) ?? 0)]
  }

  // What a press does: maps are looked at, neurons of a plane are pulled out.
  act(chart, index) {
    if (!chart.net.options.hint) this.toggle(chart, index)
    else if (this.#examinable(chart, index)) this.look(...this.#unit(chart, index))
    else this.#mark()
  }

  toggle(chart, index) {
    if (!this.#removable(chart, index)) return
    const unit = this.#unit(chart, index)
    if (chart.net.options.hint) this.gallery.unit = unit
    this.#switch(...unit)
  }

  #switch(layer, unit) {
    const id = `${layer},${unit}`
    if (this.out.has(id)) this.out.delete(id)
    else if (this.out.size < REMOVE_LIMIT) this.out.add(id)
    if (!this.#asks) this.answer = null
    this.#question()
    this.#mark()
    this.note()
  }

  // Look at a map or neuron, which stays on: what excites it most is asked, and it is among those that are drawn.
  look(layer, unit) {
    this.gallery.unit = [layer, unit]
    const { shown, size } = this.#net()?.net.options.layers[layer] ?? {}
    if (shown < size) this.#from(layer, this.maps.page(this.first.get(layer) ?? 0, unit, shown, size))
    this.#find()
    this.#question()
    this.#mark()
    this.note()
  }

  // The next maps of a layer.
  #turn(layer) {
    const { shown, size } = this.#net().net.options.layers[layer]
    this.#from(layer, this.maps.next(this.first.get(layer) ?? 0, shown, size))
    if (!this.#asks) this.answer = null
    this.#question()
    this.#find()
    this.#mark()
    this.note()
  }

  #from(layer, first) {
    if (first) this.first.set(layer, first)
    else this.first.delete(layer)
  }

  // From which map on each layer is drawn now: an answer that was asked for others may still be on its way.
  get shownFirst() {
    return this.#asks && this.answer ? new Map(this.answer.about.first ?? []) : new Map()
  }

  // Where what is looked at is drawn now.
  #find() {
    const net = this.#net()
    if (!net?.net.options.hint || !this.gallery.unit) return
    const [layer, unit] = this.gallery.unit
    const at = unit - (this.shownFirst.get(layer) ?? 0)
    this.selected = net.tools.network.neurons(net.net.options).findIndex((n) => n.layer === layer && n.unit === at)
  }

  putBack() {
    this.out.clear()
    if (!this.#asks) this.answer = null
    this.#question()
    this.#mark()
    this.note()
  }

  // Whether what is on screen is an answer of the network rather than a frame as it came.
  get #asks() {
    return this.out.size > 0 || this.first.size > 0 || this.gallery.asks || this.sequence.asks || this.attend.asks
  }

  #arguments() {
    const removed = [...this.out].sort().map((id) => id.split(",").map(Number))
    const first = [...this.first].sort(([a], [b]) => a - b)
    return { removed, ...(first.length && { first }), ...this.gallery.arguments, ...this.sequence.arguments, ...this.attend.arguments }
  }

  // What was asked is no longer: the answer on screen goes at once.
  changedQuestion() {
    if (!this.#asks) {
      this.answer = null
      this.asked = null
    }
    this.changed = true
    this.player.wake()
  }

  question() {
    this.#question()
    this.#mark()
  }

  #question() {
    const { player } = this
    if (!this.#asks || !player.shown || !player.data.ask?.neurons) return
    const question = { probe: player.data.ask.neurons.probe, epoch: player.shown.epoch, arguments: this.#arguments() }
    const text = JSON.stringify([player.run.key, question])
    if (text === this.asked) return
    this.asked = text
    this.asker ??= this.makeAsker((...answered) => this.#answered(...answered))
    this.asker.ask(player.run.key, question)
  }

  #answered(run, question, answer, refused) {
    if (run !== this.player.run.key || JSON.stringify(question.arguments) !== JSON.stringify(this.#arguments())) return
    const about = { ...question.arguments, network: `${run} ${question.epoch}` }
    this.answer = answer && { arrays: answer.arrays, metrics: this.#metrics(answer), about }
    this.silent = !answer
    this.#find()
    this.#mark()
    if (!answer && (this.first.size || this.gallery.asks || this.sequence.asks || this.attend.asks) && !refused) this.#again()
    this.changed = true
    this.note()
    this.player.wake()
  }

  // A worker that has just started cannot answer yet: what is on screen waits for it.
  #again() {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => {
      this.asked = null
      this.#question()
    }, AGAIN_MS)
  }

  // metrics that hold without the neurons: in the answer's header, or as an array whose order the page has told
  #metrics(answer) {
    const names = this.player.data.ask.neurons.metrics ?? []
    const values = answer.arrays.get("metrics") ?? []
    return { ...Object.fromEntries(names.map((name, i) => [name, values[i]])), ...answer.metrics }
  }

  // ---- what does this point do

  ask(point) {
    const ask = this.player.data.ask?.point
    if (!ask) return
    this.point = point
    this.pointLast = true
    this.#heat()?.markPoint(point)
    if (!point) this.activity = null
    this.pointAsked = null
    this.#pointQuestion()
    this.#mark()
    this.note()
  }

  #pointQuestion() {
    const { player } = this
    if (!this.point || !player.shown) return
    const question = { probe: player.data.ask.point.probe, epoch: player.shown.epoch, arguments: { x: this.point } }
    const text = JSON.stringify([player.run.key, question])
    if (text === this.pointAsked) return
    this.pointAsked = text
    this.pointAsker ??= this.makeAsker((run, question, answer) => {
      if (run !== player.run.key || question.arguments.x !== this.point) return
      this.activity = answer && this.#activity(answer.arrays)
      this.#mark()
      this.note()
    })
    this.pointAsker.ask(player.run.key, question)
  }

  // activations by layer, scaled to the largest of each layer
  #activity(arrays) {
    const layers = this.#net()?.net.options.layers ?? []
    this.output = arrays.get(`act_${layers.length - 1}`)
    return layers.map((_, i) => {
      const values = arrays.get(`act_${i}`)
      const most = values ? Math.max(...values.map(Math.abs), 1e-9) : 1
      return values ? Array.from(values, (v) => v / most) : null
    })
  }

  // ---- what is shown

  // The frame as it is to be drawn: an answer's arrays and metrics over the frame's own.
  view(frame, row) {
    this.changed = false
    const { answer } = this
    if (!answer || !this.#asks) return { view: frame.arrays, row }
    const replaced = new Set(this.player.data.ask.neurons.replaces)
    const pick = (name) => (replaced.has(name) && answer.arrays.has(name) ? answer.arrays : frame.arrays)
    return { view: { get: (name) => pick(name).get(name), shape: (name) => pick(name).shape(name), about: answer.about },
      row: this.out.size || answer.about.held || answer.about.off ? { ...row, ...answer.metrics } : row }
  }

  // Which numbers are those without the neurons that are out, and how that is said.
  get without() {
    if (this.answer?.about.held) return { metrics: Object.keys(this.answer.metrics), text: this.sequence.words }
    if (this.answer?.about.off) return { metrics: Object.keys(this.answer.metrics), text: this.attend.words }
    if (!this.answer || !this.out.size) return undefined
    const { strings, lang } = this.player.data
    const { tools, net } = this.#net()
    const text = net.options.words.without ?? strings.without
    return { metrics: Object.keys(this.answer.metrics), text: tools.format.fill(text, { n: this.out.size }, lang) }
  }

  after(frame) {
    this.arena.after(frame)
    this.gallery.mark()
    this.#question()
    this.sequence.say()
    this.attend.say()
    this.#pointQuestion()
    if (this.selected >= 0 || this.point) this.note()
  }

  #mark() {
    this.gallery.mark()
    const net = this.#net()
    if (!net) return
    net.marks = { out: this.out, first: this.shownFirst, selected: this.selected, focused: this.focused, activity: this.activity }
    this.changed = true
    net.repaint?.()
    this.#acts(net)
    this.player.wake()
  }

  // What can be done with the map that is looked at.
  #acts(net) {
    if (!net.net.options.hint || !this.player.data.ask?.neurons) return net.maps?.hide()
    const { unit } = this.gallery
    const can = Boolean(unit && net.net.options.removable.includes(unit[0]))
    net.maps.show({ first: this.first, can, off: can && this.out.has(unit.join()), out: this.out.size },
      (template, values) => net.tools.format.fill(template, values, this.player.data.lang))
  }

  // The line under the network: the neuron under the pointer, else the point, else the chosen neuron, else a hint.
  note() {
    const net = this.#net()
    if (!net?.note) return
    const text = this.#words(net)
    if (net.note.textContent !== text) net.note.textContent = net.note.title = text
  }

  #words(net) {
    const { player } = this
    const { strings, lang } = player.data
    const { fill } = net.tools.format
    const say = (name, values) => fill(strings[name], values, lang)
    const { options } = net.net
    const index = this.hovered >= 0 ? this.hovered : this.focused || this.out.size || this.gallery.unit ? this.selected : -1
    if (this.out.size && this.silent && this.hovered < 0) return say("no_answer")
    if (this.edge && this.hovered < 0 && player.shown) {
      const { layer, from, to } = this.edge
      const w = player.shown.arrays
      return say("edge", { ...this.edge.ends, w: w.get(`w${layer}`)?.[from * w.shape(`w${layer}`)[1] + to] })
    }
    if (this.point && this.hovered < 0 && this.pointLast) {
      const [x, y] = this.point
      const output = this.output ? Array.from(this.output, (v) => fill("{v:.2f}", { v }, lang)).join(", ") : "…"
      return say("point", { x, y, output })
    }
    if (index < 0) return this.player.data.ask?.neurons && options.removable.length ? options.hint || say("network_hint") : ""
    const neuron = net.tools.network.neurons(options)[index]
    const [layer, unit] = this.#unit(net, index)
    const { size, shown } = options.layers[layer]
    const name = shown < size && options.each[layer] ? fill(options.each[layer], { k: unit + 1 }, lang) : options.names[index]
    if (options.hint) return [name, this.out.has(`${layer},${unit}`) && options.words.is_off].filter(Boolean).join(" · ")
    const removable = this.player.data.ask?.neurons && options.removable.length
    const state = this.out.has(`${neuron.layer},${neuron.unit}`) ? say("is_out", { n: this.out.size })
      : removable && !options.removable.includes(neuron.layer) ? say("stays") : ""
    if (!player.shown || neuron.layer === 0) return [name, state].filter(Boolean).join(" · ")
    const found = net.tools.network.facts(options, player.shown.arrays, player.run.row(player.shown.epoch), neuron)
    const weights = found.weights.map(([from, w]) => fill(strings.weight_from, { from, w }, lang)).join(", ")
    const parts = [name, state, weights && say("weights", { weights: weights + (found.more ? " …" : "") })]
    if (found.bias !== undefined) parts.push(say("bias", { bias: found.bias }))
    if (found.dead !== undefined && found.dead !== null) parts.push(say("dead", { dead: found.dead }))
    return parts.filter(Boolean).join(" · ")
  }

  reset() {
    clearTimeout(this.retry)
    this.out = new Set()
    this.first = new Map()
    this.gallery.unit = null
    this.sequence.reset()
    this.attend.reset()
    this.writer.reset()
    this.arena.reset()
    this.answer = this.activity = this.asked = this.pointAsked = this.output = null
    this.silent = false
    this.hovered = -1
    this.edge = null // of the network that was
    this.asker?.forget()
    this.pointAsker?.forget()
    const net = this.#net()
    if (!net) return
    net.marks = { out: this.out, selected: this.selected, focused: this.focused }
    this.#acts(net)
  }
}
