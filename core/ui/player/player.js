// The player: fetches one run's frames, keeps them, and plays them on the page's figures, live and replayed alike.

const version = new URL(import.meta.url).search // the parts carry the version of the whole, so that all may be cached
const part = (name) => import(`./${name}.js${version}`)
const [mounts, records, clocks, streams, lines, files, format, words] = await Promise.all(
  ["mount", "records", "clock", "stream", "line", "files", "format", "words"].map(part))
const [strips, sequences] = await Promise.all(["strip", "sequence"].map(part))
const [heads, flow, attends, sampling, writers] = await Promise.all(["heads", "flow", "attend", "sampling", "writer"].map(part))
const [manys, rests, cards, tables, zooms, pointer, guesses, strokes, subjects, trials, surfaces] = await Promise.all(
  ["many", "rest", "card", "table", "zoom", "pointer", "guess", "strokes", "subject", "trial", "surface"].map(part))
const [theme, pictures, images, labels, network, narrow, bars, charts, stages, touch, galleries, sketches, minis] = await Promise.all(
  ["theme", "pictures", "images", "labels", "network", "narrow", "bar", "charts", "stage", "touch", "gallery", "sketch", "mini"].map(part))
const [maps, paints, kernels, duel, arenas] = await Promise.all(["maps", "paint", "kernel", "duel", "arena"].map(part))

const THROTTLED_MS = 250 // between pictures when the reader prefers reduced motion
const PLOTLY_MS = 12 // of each picture may go into what Plotly draws itself; what is left over waits for the next
const REST_MS = 150 // after the last move the picture counts as resting

class Player {
  constructor(component) {
    this.component = component
    this.root = document.createElement("div")
    this.root.className = "dl-player"
    component.parentElement.append(this.root)
    const tools = () => ({ Plotly: window.Plotly, theme, pictures, images, labels, network, narrow, strips, heads, flow, duel, format })
    const changed = () => {
      this.unfinished = true
      this.wake()
    }
    this.stage = new stages.Stage(this.root, charts.Chart, tools, { added: (chart) => this.added(chart), changed })
    this.guess = new guesses.Guess(this.stage, { pointer, format }, (answer) => this.component.setTriggerValue("guess", answer))
    this.mini = new minis.Mini(changed)
    this.others = new manys.Many("", { records, streams }, changed, (keys) => this.tellOthers(keys)) // runs pinned beside this one
    this.run = new records.Run("")
    this.clock = new clocks.Clock(1)
    this.bar = new bars.Bar(this.stage.rows.bar, clocks.SPEEDS, {
      play: () => (this.clock.moving ? this.clock.pause() : this.clock.play(this.reach())) || this.wake(),
      step: (by) => this.step(by),
      seek: (epoch) => this.seek(this.run.nearest(epoch)),
      skip: () => this.clock.skip(this.run.edge) || this.wake(),
      speed: (factor) => { this.clock.speed = factor },
      stop: () => this.component.setTriggerValue("stop", this.run.key),
    })
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)")
    this.drawn = []
    this.told = { drawn: 0, frames: 0 }
    window.__player = this.told // for tests and benchmarks
    const gallery = new galleries.Gallery(this, touch.onTap, () => this.touch.question(), new sketches.Sketch({ pointer, strokes, subjects, trials, surfaces }))
    const ask = () => this.touch.question()
    const sequence = new sequences.Sequence(this, touch.onTap, ask)
    const attend = new attends.Attend(this, touch.onTap, ask, { heads, flow })
    const writer = new writers.Writer(this, sampling, () => [...attend.off].sort())
    const kernel = new kernels.Kernel({ paints, pointer }, { language: () => this.data.lang, changed: () => this.touch.changedQuestion(),
      told: (text) => rests.atRest(this.root, () => !this.gone && kernel.sent === text && this.component.setTriggerValue("painted", text)) })
    const arena = new arenas.Arena(this, { duel, paints, pointer }, { told: (text) => rests.atRest(this.root,
      () => !this.gone && arena.sent === text && this.component.setTriggerValue("painted", text)) })
    this.touch = new touch.Touch(this, streams.Asker, records.Reader, { gallery, sequence, attend, writer, arena, maps, kernel })
    this.look = this.look.bind(this)
    document.addEventListener("visibilitychange", this.look)
    this.popped = () => {
      const search = window.location.search || "?" // now: a rerun on its way may write the address anew
      const pop = (this.pop = {}) // of two in a row only the last counts: asked for at once, one rerun could swallow the other
      rests.atRest(this.root, () => this.pop === pop && this.component.setTriggerValue("popped", search))
    }
    window.addEventListener("popstate", this.popped)
  }

  added(chart) {
    if (!chart.sketch) cards.addMenu(chart, { tables, zooms }, () => this.data.strings)
    this.touch.add(chart)
  }

  // ---- data from the page

  take(component) {
    this.component = component
    this.hear(component.data)
    const { line } = component.data
    if (line === this.line?.name) return
    this.line?.close()
    this.line = new lines.Line(`${this.base}/page/${line}`, records.Reader, (data) => this.gone || this.hear(data))
    this.line.name = line
  }

  // Take what the page says now, unless something newer came before it. The same run with the same figures changes nothing.
  hear(data) {
    const before = this.data
    const news = before?.line !== data.line || data.serial > before.serial
    if (news) this.data = data
    if (this.#recolour() && before) this.remount() // the theme is the browser's affair: it changes without news
    if (!news) return
    this.base = this.others.base = files.address(data)
    if (before?.strings !== data.strings) this.bar.name(data.strings)
    if (data.run !== this.run.key || (before && data.again !== before.again)) this.open(data)
    else if (this.waiting || !before) this.waiting = data.figures
    else this.swap(data.figures)
    this.guess.hear(data.question, data.lang)
    if (before && data.show !== before.show) this.root.scrollIntoView({ behavior: this.calm.matches ? "auto" : "smooth" })
    this.wake()
  }

  remount() {
    this.stage.remount(this.tokens)
    this.unfinished = true
    this.wake()
  }

  #recolour() {
    const tokens = theme.tokens(this.root, this.data.theme)
    const changed = JSON.stringify(tokens) !== JSON.stringify(this.tokens)
    if (changed) this.tokens = tokens
    return changed
  }

  swap(templates) {
    if (!this.data.question) this.guess.leave() // the guess is in the figure itself now
    if (!this.stage.swap(templates, this.tokens)) return
    const curves = templates.flatMap((t) => t.bindings).filter((b) => b.options.run)
    this.others.want([...new Set(curves.map((b) => b.options.run))], [...new Set(curves.map((b) => b.source[0]))])
    this.mini.follow(this.stage.all.find((c) => c.heat), this.data.strings.mini, this.data.strings.miniClose)
    this.touch.refresh()
    this.unfinished = true
  }

  // ---- a run

  open(data) {
    this.abort?.abort()
    this.abort = new AbortController()
    this.run = new records.Run(data.run)
    this.connection = "open"
    this.ended = false
    this.clock.total = Math.max(data.epochs, 1)
    const end = this.calm.matches || (data.start === "end" && !this.stage.figures.size)
    this.clock.start({ playing: true, following: end })
    this.touch.reset()
    Object.assign(this.told, { run: data.run, runRequestedAt: performance.now(), frames: 0, epoch: undefined,
      firstFrameAt: undefined, firstTrainedAt: undefined, doneAt: undefined })
    this.root.dataset.run = data.run
    const on = {
      records: () => this.wake(),
      connection: (state) => {
        // the page may open a missing run again
        if (state === "missing" && this.connection !== state) this.component.setTriggerValue("lost", data.run)
        this.connection = state
        this.wake()
      },
    }
    streams.follow(`${this.base}/frames/${data.run}`, this.run, records.Reader, this.abort.signal, on)
    for (const chart of this.stage.all) if (chart.curves.length && zooms.zooms(chart) && zooms.zoomed(chart)) zooms.whole(chart)
    if (this.stage.figures.size) this.waiting = data.figures // the old pictures stay until the first frame
    else this.swap(data.figures)
    this.shown = undefined
  }

  reach() {
    const { run } = this
    return { start: run.frames[0]?.epoch, first: run.frames.find((f) => f.epoch > 0)?.epoch, edge: run.edge, ended: Boolean(run.end) }
  }

  step(by) {
    const { frames } = this.run
    const at = this.run.index(this.clock.position)
    let to = at + by
    while (frames[to]?.epoch === frames[at]?.epoch && frames[to]) to += by // a picture within an epoch stands at the same place
    this.seek(Math.min(Math.max(to, 0), frames.length - 1))
  }

  seek(index) {
    const frame = this.run.frames[index]
    if (!frame) return
    this.clock.seek(frame.epoch)
    this.wake()
  }

  // ---- the loop: runs while something moves, sleeps otherwise

  wake() {
    this.again = true
    if (!this.scheduled && !this.gone) this.scheduled = requestAnimationFrame((now) => this.tick(now))
  }

  tick(now) {
    this.scheduled = 0
    this.again = false
    const waitsFor = this.calm.matches && this.clock.moving && this.drawnAt ? this.drawnAt + THROTTLED_MS - now : 0
    if (waitsFor > 0 && !this.run.end) {
      setTimeout(() => this.wake(), waitsFor)
      return
    }
    const reach = this.reach()
    const position = this.clock.advance(now, reach)
    const index = this.run.frames.length ? Math.max(this.run.index(position), 0) : -1
    const waiting = this.clock.moving && !reach.ended && position >= reach.edge // for the network
    const left = index >= 0 && this.#draw(index, now)
    if (index >= 0 && this.stage.mountNext(this.tokens)) {
      this.unfinished = true
      this.wake()
    }
    this.#say(!reach.ended && this.run.status?.state !== "paused")
    this.#tell()
    if (this.again || (this.clock.moving && !waiting)) this.wake()
    else if (left) this.later(left)
  }

  later(ms) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.wake(), ms)
  }

  // Draw a frame; returns in how many ms there is more to do although nothing moves, 0 if nothing is left.
  #draw(index, now) {
    const frame = this.run.frames[index]
    const first = this.shown === undefined
    if (this.waiting) {
      const templates = this.waiting
      this.waiting = null
      this.swap(templates)
    }
    const picture = first || this.shown !== frame || this.touch.changed
    if (picture) this.movedAt = now
    const rest = now - this.movedAt >= REST_MS
    // an end without a picture of its own, as when somebody stops it, is one more reason to ask
    if (picture || this.unfinished || this.rowsShown !== this.run.version || this.endShown !== this.run.end) {
      const { view, row } = this.touch.view(frame, this.run.row(frame.epoch))
      // the first pictures of a run are what the reader waits for: the curves follow a moment later
      const budget = { ms: first || (frame.step > 0 && !this.told.firstTrainedAt) ? 0.5 : rest ? 60 : PLOTLY_MS }
      this.unfinished = !rest
      const order = this.stage.all
      if (!first) order.sort((a, b) => a.drawnAt - b.drawnAt) // who has waited longest goes first
      for (const chart of order) {
        chart.wanted = this.mini.wanted && chart === this.mini.chart
        const left = chart.show(view, row, this.run, { epoch: frame.epoch, rest, language: this.data.lang, budget, others: this.others,
          without: this.touch.without })
        this.unfinished ||= left
      }
      this.mini.draw(this.tokens)
      this.shown = frame
      this.rowsShown = this.run.version
      this.endShown = this.run.end
      if (picture) this.#count(frame)
      this.touch.after(frame)
    }
    return this.unfinished ? (rest ? 40 : Math.min(REST_MS, 50)) : 0
  }

  // A pinned run that the page has not seen finished is trained by now: its results can be shown.
  tellOthers(keys) {
    const news = keys.filter((key) => this.data.pending.includes(key))
    if (news.length) rests.atRest(this.root, () => !this.gone && this.component.setStateValue("others", news.join(" ")))
  }

  #count(frame) {
    const now = performance.now()
    const { told } = this
    this.drawnAt = now
    this.drawn.push(now)
    told.drawn++
    told.firstFrameAt ??= now
    if (frame.step > 0) told.firstTrainedAt ??= now
  }

  // ---- what is said

  #say(live) {
    const { strings, lang, epochs, question } = this.data
    const epoch = this.waiting ? 0 : this.shown?.epoch ?? 0
    const before = Boolean(this.waiting && this.run.end) // it ended without a picture of its own
    this.root.classList.toggle("dl-before", before)
    const state = before ? strings.states.before : words.state(this.run, this.connection, strings, lang, format)
    const values = { epoch, total: epochs, seconds: this.run.seconds, state }
    const text = (name) => format.fill(strings[name], values, lang)
    const far = words.progress(this.run, epochs, this.data.steps)
    const batch = far ? format.fill(strings.batch, { ...far, left: words.time(far.seconds, strings, lang, format) }, lang) : ""
    this.bar.show({ epoch, total: epochs, edge: this.run.edge, live, playing: this.clock.moving, stateText: question?.strings.question ?? values.state,
      frames: this.run.frames.length, epochText: text("epoch"), restText: text("rest") + batch })
    if (!this.clock.moving) this.bar.settle(text("at"))
    this.root.dataset.epoch = epoch
    this.root.dataset.state = words.name(this.run)
    const { end, status } = this.run
    const over = end?.state ?? (status?.state === "paused" ? `paused at ${this.run.edge}` : "") // the page then has a button that goes on
    if (over && this.ended !== `${this.run.key} ${over}` && (this.told.firstTrainedAt || !this.clock.moving || !this.run.edge)) {
      this.ended = `${this.run.key} ${over}`
      const ended = { run: this.run.key, state: over }
      rests.atRest(this.root, () => ended.run === this.run.key && this.component.setStateValue("ended", ended))
    }
  }

  #tell() {
    const now = performance.now()
    // the end may be known only after the last picture
    if (this.run.end && this.shown && this.shown === this.run.frames.at(-1)) this.told.doneAt ??= this.drawnAt
    while (this.drawn.length && this.drawn[0] < now - 1000) this.drawn.shift()
    Object.assign(this.told, { epoch: this.shown?.epoch, epochs: this.data.epochs, fps: this.drawn.length,
      state: this.root.dataset.state, playing: this.clock.moving, frames: this.run.frames.length, held: this.guess.waits })
  }

  // ---- the world around

  look() {
    if (document.visibilityState === "visible") this.wake()
  }

  destroy() {
    this.gone = true
    this.abort?.abort()
    this.others.close()
    this.line?.close()
    this.mini.destroy()
    this.guess.destroy()
    cancelAnimationFrame(this.scheduled)
    clearTimeout(this.timer)
    document.removeEventListener("visibilitychange", this.look)
    window.removeEventListener("popstate", this.popped)
    this.touch.reset()
    this.stage.destroy()
    this.root.remove()
    if (window.__player === this.told) delete window.__player
  }
}

export default mounts.mounting(Player, (data) => files.prepare(data, version))
