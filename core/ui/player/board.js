// The board: figures that the page computes anew whenever something in them is moved. It draws them, has their handles dragged, plays
// their film, and tells the page what was moved, one question at a time: the next goes when the last has been answered.

const version = new URL(import.meta.url).search // the parts carry the version of the whole, so that all may be cached
const part = (name) => import(`./${name}.js${version}`)
const [mounts, files, format, theme, pictures, labels, network, narrow] = await Promise.all(
  ["mount", "files", "format", "theme", "pictures", "labels", "network", "narrow"].map(part))
const [bars, clocks, cards, tables, zooms, stages, charts, pointer, grips, brushes, films, records, lines] = await Promise.all(
  ["bar", "clock", "card", "table", "zoom", "stage", "charts", "pointer", "handles", "paint", "film", "records", "line"].map(part))

const UNHEARD_MS = 800 // an answer that does not come is not waited for any longer
const WHOLE_S = 2 // what the clock takes for all at speed 1

export class Board {
  constructor(component) {
    this.root = document.createElement("div")
    this.root.className = "dl-player dl-board"
    component.parentElement.append(this.root)
    const tools = () => ({ Plotly: window.Plotly, theme, pictures, labels, network, format, narrow })
    this.stage = new stages.Stage(this.root, charts.Chart, tools, {
      added: (chart) => cards.addMenu(chart, { tables, zooms }, () => this.data.strings), changed() {} })
    this.handles = new grips.Handles(pointer, (values, first, done) => this.tell(values, first, done),
      (handle) => format.fill(this.data.strings.grip, { label: handle.label }, this.data.lang))
    this.paints = new brushes.Paints(pointer, (values, first, done) => this.tell(values, first, done),
      (label, cell) => format.fill(this.data.strings.paint, { label, cell }, this.data.lang))
    this.clock = new clocks.Clock(1)
    this.clock.pause()
    this.speed = 1
    this.bar = new bars.Bar(this.stage.rows.bar, clocks.SPEEDS, {
      play: () => (this.clock.moving ? this.clock.pause() : this.clock.play(this.reach())) || this.wake(),
      step: (by) => this.seek(by > 0 ? Math.floor(this.clock.position + 1e-9) + 1 : Math.ceil(this.clock.position - 1e-9) - 1),
      seek: (step) => this.seek(step),
      skip: () => this.seek(this.clock.total),
      speed: (factor) => { this.speed = factor; this.#pace() },
      stop() {},
    })
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)")
    this.id = Math.random().toString(36).slice(2, 8)
    this.sent = 0
    window.__board = this.told = { drawn: 0, sent: 0, heard: 0 } // for tests and benchmarks
  }

  // ---- from the page

  take(component) {
    this.component = component
    const { data } = component
    this.hear(data)
    if (data.heard === `${this.id}.${this.sent}`) this.#answered()
    if (data.line === this.line?.name) return
    this.line?.close()
    const url = `${files.address(data)}/page/${data.line}`
    this.line = new lines.Line(url, records.Reader, (told) => this.gone || this.hear(told))
    this.line.name = data.line
  }

  // Draw what the page shows now, unless it is here already or something newer is: it came down the page's line.
  hear(data) {
    const before = this.data
    const news = before?.line !== data.line || data.serial > before.serial
    if (news) this.data = data
    const tokens = theme.tokens(this.root, this.data.theme) // the theme is the browser's affair: it changes without news
    const recoloured = JSON.stringify(tokens) !== JSON.stringify(this.tokens)
    this.tokens = tokens
    if (recoloured) {
      for (const [name, colour] of Object.entries(tokens)) this.root.style.setProperty(`--dl-${name}`, colour)
      if (before) this.stage.remount(tokens)
    }
    if (news || recoloured) this.#show(before, recoloured)
    const { handles, presses, paints } = this.data // also where nothing is new: what was moved and refused goes back to its place
    this.handles.show(handles, presses, (id) => this.stage.figures.get(id))
    this.paints.show(paints, (id) => this.stage.figures.get(id), Boolean(this.asked || this.waiting))
    if (before && before.show !== this.data.show) this.root.scrollIntoView({ behavior: this.calm.matches ? "auto" : "smooth" })
  }

  #show(before, recoloured) {
    const { data, tokens } = this
    if (before?.strings !== data.strings) this.bar.name(data.strings)
    this.#film(before)
    const { film } = data
    const ids = data.figures.map(({ id, span }) => `${id} ${span}`).join()
    this.made = new Map(data.figures.map((f) => [f.id, f]))
    const changed = this.stage.swap(film ? data.figures.map((f) => films.at(f, film, this.clock.position)) : data.figures, tokens)
    while (this.stage.mountNext(tokens));
    if (changed || recoloured) {
      for (const chart of this.stage.all) {
        chart.title.textContent = chart.title.title = chart.shownTitle = chart.template.title
        chart.gd.setAttribute("aria-label", chart.template.alt)
        chart.gd.setAttribute("role", "img")
        if (before && ids !== this.ids) chart.resize() // another row, other widths
      }
    }
    this.ids = ids
    this.wake()
    if (changed) {
      this.told.drawn++
      this.told.drawnAt = performance.now()
    }
  }

  // ---- to the page

  tell(values, first, done) {
    const before = this.waiting
    this.waiting = { values: { ...before?.values, ...values }, first: Boolean(before?.first || first), done }
    this.#send()
  }

  #send() {
    if (!this.waiting || this.asked) return
    const { values, first, done } = this.waiting
    this.waiting = null
    this.sent++
    this.told.sent++
    this.asked = setTimeout(() => this.#answered(), UNHEARD_MS)
    this.component.setStateValue("moved", { n: `${this.id}.${this.sent}`, values, first, done })
  }

  #answered() {
    if (!this.asked) return
    clearTimeout(this.asked)
    this.asked = null
    this.told.heard++
    this.#send()
  }

  // ---- the film

  reach() {
    return { start: 0, edge: this.clock.total, ended: true }
  }

  #pace() {
    this.clock.speed = this.speed * (WHOLE_S / (this.data.film?.seconds ?? WHOLE_S))
  }

  #film(before) {
    const { film, filmed } = this.data
    this.stage.rows.bar.hidden = !film
    if (!film) this.root.removeAttribute("data-away")
    this.root.toggleAttribute("data-filmed", Boolean(film))
    if (!film) return
    const last = film.labels.length - 1
    const same = before?.film && before.filmed === filmed
    const wasLast = same && this.clock.position >= this.clock.total
    this.clock.total = Math.max(last, 1)
    this.#pace()
    if (!same) {
      this.clock.pause()
      this.clock.position = film.start < 0 ? last : Math.min(film.start, last)
    } else this.clock.position = wasLast && !this.clock.moving ? last : Math.min(this.clock.position, last)
    this.shown = this.clock.position // the figures are drawn as they are there
  }

  seek(step) {
    this.clock.seek(Math.min(Math.max(step, 0), this.clock.total))
    this.wake()
  }

  wake() {
    if (!this.scheduled && !this.gone) this.scheduled = requestAnimationFrame((now) => this.tick(now))
  }

  tick(now) {
    cancelAnimationFrame(this.scheduled)
    this.scheduled = 0
    const { film, strings, lang } = this.data
    if (!film || this.gone) return
    let position = this.clock.advance(now, this.reach())
    if (this.calm.matches) position = Math.floor(position)
    const step = Math.min(Math.floor(position + 1e-9), film.labels.length - 1)
    if (position !== this.shown) this.#draw(film, position, step)
    this.shown = position
    const text = film.labels[step]
    const total = film.labels.length - 1
    this.bar.show({ epoch: Math.min(step, total), total: Math.max(total, 1), edge: total, live: false, playing: this.clock.moving, stateText: "",
      frames: film.labels.length, epochText: text, restText: "" })
    this.bar.line.title = text
    if (!this.clock.moving) this.bar.settle(format.fill(strings.step, { step: step + 1, total: total + 1 }, lang) + `: ${text}`)
    this.told.step = step
    const rest = film.start < 0 ? total : Math.min(film.start, total)
    this.root.toggleAttribute("data-away", step !== rest) // handles stand where they belong at the step that is shown first
    if (this.clock.moving) this.wake()
  }

  #draw(film, position, step) {
    for (const chart of this.stage.all) {
      const { id } = chart.template
      const tracks = film.tracks.filter((t) => t.figure === id)
      const title = film.titles[id]?.[step]
      if (title) chart.title.textContent = chart.title.title = chart.shownTitle = title
      if (!tracks.length) continue
      const made = this.made.get(id).figure.data
      // one update for all traces: what a trace has no change of keeps what it has
      const found = films.shots(tracks, made, position)
      const traces = [...new Set(found.map(([trace]) => trace))]
      const update = {}
      for (const name of new Set(found.map(([, n]) => n))) {
        update[name] = traces.map((trace) => {
          const shot = found.find(([t, n]) => t === trace && n === name)
          return shot ? theme.resolve(shot[2], this.tokens) : undefined // undefined leaves it as it is
        })
      }
      window.Plotly.restyle(chart.gd, update, traces)
      chart.last(chart.gd.data)
    }
    this.told.drawn++
  }

  destroy() {
    this.gone = true
    this.line?.close()
    clearTimeout(this.asked)
    cancelAnimationFrame(this.scheduled)
    this.handles.destroy()
    this.paints.destroy()
    this.stage.destroy()
    this.root.remove()
    if (window.__board === this.told) delete window.__board
  }
}

export default mounts.mounting(Board, (data) => files.prepare(data, version))
