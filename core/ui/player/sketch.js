// What goes through the network in the place of one of its set's images: a surface to draw on with mouse, finger, pen or keyboard, or with
// a picture on it, and beside it what the network sees. Where its card says so it can be turned, shifted and disturbed.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const LEAST = 0.006 // of the side, between two points of a stroke
const EVERY_MS = 200 // while something is being drawn
const REST_MS = 400 // after the last change it counts as resting: then the slow questions are asked
const NUDGE = 0.02 // of the side, by which an arrow key moves what is on the surface
const ICONS = { undo: "M8 4 3 8.5 8 13v-3h4a3 3 0 0 1 0 6H7v2h5a5 5 0 0 0 0-10H8z", clear: "M7 3h6v2h4v2H3V5h4zM5 8h10l-1 9H6z" }
const ARROWS = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] }

// What an answer says: the name of the likeliest class, and how likely it is. Pure.
export function verdict(answer, classes) {
  const best = answer.reduce((b, v, i) => (v > answer[b] ? i : b), 0)
  return { said: classes[best], sure: answer[best] }
}

export class Sketch {
  // Whoever has it sets ask(), which is called when there is something new to ask about, busy(): an answer is still to come, language(),
  // and image(): the pixels of the image that is asked about where nothing is drawn, {values, shape} or null.
  constructor(tools) {
    Object.assign(this, { tools, strokes: [], pen: [0.5, 0.5], down: false, live: false, kind: "image", text: null, quick: false, veiled: false,
      moving: false, moved: "turn", change: { ...tools.subjects.NONE }, told: { ...tools.subjects.NONE } })
    this.latest = new tools.subjects.Latest(() => this.#tell(true), () => this.busy())
  }

  get #options() {
    return this.chart?.sketch.options
  }

  // What the network is to be asked about; null if nothing is drawn, or something else was chosen since.
  get drawing() {
    return this.chart && this.kind === "drawing" ? this.text : null
  }

  // The same of a picture from the page, its bytes in base64.
  get picture() {
    return this.kind === "picture" ? this.#options?.picture?.data ?? null : null
  }

  // What to ask of whatever it is about.
  get wishes() {
    if (!this.#options?.change) return {}
    return { ...(this.tools.subjects.isChanged(this.told) && { change: this.told }), ...(this.veiled && { cam: true }) }
  }

  // An image was chosen instead. What was drawn stays on its surface, unless it is the image that stands there.
  leave() {
    this.kind = "image"
    this.quick = false
    this.#draw()
  }

  add(chart) {
    const { pointer, trials, subjects } = this.tools
    const { change } = chart.sketch.options
    chart.card.classList.add("dl-drawing", ...(change ? ["dl-trial"] : []))
    if (!change) chart.title.setAttribute("aria-live", "polite")
    const pad = make("div", "dl-pad", chart.plot)
    this.slate = make("canvas", "dl-slate", pad)
    this.slate.tabIndex = 0
    this.slate.setAttribute("role", "application")
    const side = make("div", "dl-pad-side", pad)
    const frame = make("div", "dl-seen", side)
    this.seen = make("canvas", "", frame)
    this.seen.setAttribute("aria-hidden", "true")
    this.frame = frame
    this.painted = this.trial = null
    this.caption = make("span", "dl-seen-name", side)
    this.hint = make("span", "dl-keys", pad)
    const acts = make("div", "dl-pad-acts", side)
    for (const [name, act] of [["undo", () => this.#take(this.strokes.slice(0, -1))], ["clear", () => this.#take([])]]) {
      this[name] = make("button", `dl-button dl-${name}`, acts)
      this[name].innerHTML = `<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false"><path d="${ICONS[name]}"/></svg>`
      this[name].addEventListener("click", act)
    }
    if (change) {
      this.moving = this.veiled = false
      this.trial = new trials.Trial(pad, side, acts, subjects.RANGES, { slide: (name, value) => this.#slide(name, value),
        reset: () => this.#reset(), move: (on) => this.#moves(on), veil: (on) => this.#veils(on) })
      frame.append(this.trial.over)
      this.slate.addEventListener("contextmenu", (event) => event.preventDefault())
    }
    let pressed = false // a pointer needs no pen of the keyboard's
    this.slate.addEventListener("focus", () => {
      this.keys = !pressed
      this.#draw()
    })
    this.slate.addEventListener("blur", () => {
      this.keys = pressed = false
      if (this.down) this.#lift()
      this.#draw()
    })
    pointer.follow(this.slate, {
      second: change,
      start: (point) => {
        pressed = true
        this.keys = this.down = false
        this.slate.focus({ preventScroll: true })
        if (this.#grabs(point)) this.grab = { at: this.#place(point), change: this.change }
        else this.#begin(this.#there(point))
      },
      move: (points) => (this.grab ? this.#drag(this.#place(points.at(-1))) : points.forEach((point) => this.#on(this.#there(point)))),
      end: () => (this.grab ? this.#rest((this.grab = null)) : this.#lift()),
      key: (event) => this.#key(event.key) })
    chart.placed = () => this.#draw()
    chart.more = (view) => this.#say(view)
    this.refresh(chart)
  }

  // The card of this page, or none: templates have been swapped, and words may be another language's.
  refresh(chart) {
    this.chart = chart
    if (!chart) return
    const { words, picture } = this.#options
    this.slate.setAttribute("aria-label", words.surface)
    for (const name of ["undo", "clear"]) {
      this[name].title = words[name]
      this[name].setAttribute("aria-label", words[name])
    }
    this.caption.textContent = words.seen
    this.hint.textContent = words.keys
    if (picture && picture.data !== this.known) {
      this.kind = "picture" // a new one: it comes into the place of what was there
      this.strokes = []
      this.ask()
    } else if (this.kind === "picture" && !picture) this.kind = "image"
    this.known = picture?.data
    this.trial?.name(this.#options)
    this.undo.hidden = this.clear.hidden = this.#options.draws === false
    this.#set()
    this.#draw()
  }

  #words(template, values) {
    return this.chart.tools.format.fill(template, values, this.language())
  }

  // ---- turned, shifted, disturbed

  #grabs({ button }) {
    return Boolean(this.trial) && (this.moving || button === 2 || !this.#options.draws)
  }

  #drag(at) {
    const { shifted } = this.tools.subjects
    const [right, down] = [0, 1].map((k) => at[k] - this.grab.at[k])
    this.#becomes(shifted(this.grab.change, right, down), Math.abs(right) >= Math.abs(down) ? "right" : "down")
  }

  #slide(name, value) {
    this.#becomes({ ...this.change, [name]: this.tools.subjects.fitted(name, value) }, name)
  }

  #reset() {
    this.#becomes({ ...this.tools.subjects.NONE }, "turn")
  }

  #becomes(change, moved) {
    Object.assign(this, { change, moved })
    this.#set()
    this.#draw()
    this.latest.push()
    this.#rest()
  }

  // Once it rests what takes longer is asked as well.
  #rest() {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.grab || this.live || this.#tell(false), REST_MS)
  }

  #tell(quick) {
    this.told = this.change
    this.trial?.wait(true)
    this.quick = quick
    this.ask()
  }

  #moves(on) {
    this.moving = on
    this.#draw()
  }

  #veils(on) {
    this.veiled = on
    this.ask()
  }

  #set() {
    this.trial?.set(this.change, (template, values) => this.#words(template, values))
  }

  // ---- strokes

  #place({ x, y }) {
    const { clientWidth, clientHeight } = this.slate
    return [x / clientWidth, y / clientHeight]
  }

  // Where a point of the surface lies in the drawing, which may be turned and shifted.
  #there(point) {
    const at = this.#place(point)
    return (this.trial ? this.tools.subjects.unplaced(at, this.change) : at).map((v) => this.tools.pointer.clamp(v))
  }

  #begin(at) {
    this.pen = at
    this.live = true
    this.strokes = [...(this.trial && this.kind !== "drawing" ? [] : this.strokes), [at]]
    if (this.trial) this.kind = "drawing"
    this.#draw()
    this.#soon()
  }

  #on(at) {
    const stroke = this.strokes.at(-1)
    this.pen = at
    if (Math.hypot(at[0] - stroke.at(-1)[0], at[1] - stroke.at(-1)[1]) < LEAST) return
    stroke.push(at)
    this.#draw()
    this.#soon()
  }

  #lift() {
    this.down = this.live = false
    this.#now()
  }

  #take(strokes) {
    this.strokes = strokes
    this.down = this.live = false
    this.#now()
  }

  #key(key) {
    if (this.#grabs({}) && ARROWS[key]) {
      this.#becomes(this.tools.subjects.shifted(this.change, ...ARROWS[key]), key === "ArrowLeft" || key === "ArrowRight" ? "right" : "down")
      return true
    }
    if (this.#grabs({})) return key === "Escape" && (this.#reset(), true)
    const to = this.tools.strokes.moved(this.pen, key)
    this.keys = true
    if (to) {
      this.pen = to
      if (this.down) this.#on(to)
    } else if (key === " ") {
      if (this.down) this.#lift()
      else this.#begin(this.pen)
      this.down = this.live
    } else if (key === "Escape") this.#take([])
    else if (key === "Backspace") this.#take(this.strokes.slice(0, -1))
    else return false
    this.#draw()
    return true
  }

  // ---- questions

  // While something is drawn: what is there by then, as soon as the last answer has come.
  #soon() {
    this.timer ??= setTimeout(() => {
      this.timer = null
      if (!this.live) return
      if (this.busy()) this.#soon()
      else this.#now()
    }, EVERY_MS)
  }

  #now() {
    const { raster, encoded } = this.tools.strokes
    this.kind = this.strokes.length ? "drawing" : this.#options?.picture ? "picture" : "image"
    this.text = this.strokes.length ? encoded(raster(this.strokes)) : null
    this.#draw()
    this.#tell(this.live)
  }

  // ---- what is shown

  // What the answer says of what is there; null if that is nothing, or the answer is another's. Paints what the network sees.
  #say(view) {
    const { about } = view
    const { classes, change } = this.#options
    const drawing = about?.drawing ?? null
    const picture = about?.picture ?? null
    const mine = change ? Boolean(drawing) === Boolean(this.drawing) && picture === this.picture : Boolean(this.drawing && drawing)
    const seen = mine ? view.get("seen") : null
    this.frame.hidden = this.caption.hidden = !seen && !change
    const answer = mine ? view.get("answer") : null
    if (seen && seen !== this.painted) this.#paint(view, seen)
    if (this.trial) {
      if (this.kind === "image") this.#draw()
      this.#judge(answer, about)
    }
    return answer ? verdict(answer, classes) : null
  }

  #paint(view, seen) {
    const { rgba, veil, paint } = this.tools.surfaces
    const [height, width, channels] = view.shape("seen")
    paint(this.seen, rgba(seen, channels), height, width)
    this.painted = seen
    if (!this.trial) return
    const cam = this.veiled ? view.get("cam") : null
    this.trial.over.hidden = !cam
    if (cam) paint(this.trial.over, veil(cam), height, width)
  }

  #judge(answer, about) {
    const { words, classes } = this.#options
    const say = (template, values) => this.#words(template, values)
    const { said } = answer ? verdict(answer, classes) : {}
    this.trial.wait(!this.tools.subjects.isAbout(about, this.drawing, this.change))
    if (about && said !== undefined) {
      const { network, removed, image, drawing, picture, change = this.tools.subjects.NONE } = about
      const key = JSON.stringify([network, removed, image, drawing, picture])
      this.course = this.tools.subjects.followed(this.course, { key, said, change, moved: this.moved })
    }
    const { first, moved } = this.course ?? {}
    const flip = about && moved ? this.tools.subjects.told(this.course) : null
    this.trial.show(answer, said, flip ? say(words.flips[flip.word], { first, said, value: flip.value }) : words.until, say)
  }

  // The pixels on the surface where nothing is drawn on it.
  get #pixels() {
    const picture = this.picture ? this.#options.picture : null
    if (picture) return { values: Uint8Array.from(atob(picture.data), (c) => c.charCodeAt(0)), shape: picture.shape }
    return this.trial && this.kind === "image" ? this.image() : null
  }

  #draw() {
    if (!this.slate?.clientWidth) return
    const { surfaces, strokes } = this.tools
    const grabs = this.#grabs({})
    const pen = this.keys && !grabs ? { at: this.pen, down: this.down } : null
    surfaces.draw(this.slate, { strokes: this.strokes, pixels: this.#pixels, change: this.trial && this.change, pen }, strokes)
    this.slate.classList.toggle("dl-by-keys", Boolean(this.keys))
    this.slate.classList.toggle("dl-left", !this.trial && this.strokes.length > 0 && this.kind !== "drawing" && !this.live)
    this.slate.classList.toggle("dl-grabs", grabs)
    this.undo.disabled = this.clear.disabled = !this.strokes.length
  }
}
