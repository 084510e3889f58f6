// A drawing that goes through the network: a surface to draw on with mouse, finger, pen or keyboard, and beside it what the network sees.

export const SIDE = 56 // pixels a side of what the network is asked about (core/data/drawing.py)
export const RADIUS = 2.4 // of the brush, in these pixels: a digit as high as most people draw it gets lines as bold as those of the sets
const LEAST = 0.006 // of the side, between two points of a stroke
const STEP = 1 / 28 // of the side, for an arrow key
const EVERY_MS = 200 // while something is being drawn
const ICONS = { undo: "M8 4 3 8.5 8 13v-3h4a3 3 0 0 1 0 6H7v2h5a5 5 0 0 0 0-10H8z", clear: "M7 3h6v2h4v2H3V5h4zM5 8h10l-1 9H6z" }

// ---- pure

// A stroke without corners: quadratic curves between the middles of its parts, as a path of straight lines. Points are [x, y].
export function smooth(points, parts = 4) {
  if (points.length < 3) return points
  const middle = ([a, b], [c, d]) => [(a + c) / 2, (b + d) / 2]
  const path = [points[0]]
  let from = points[0]
  for (let i = 1; i < points.length - 1; i++) {
    const to = i === points.length - 2 ? points[i + 1] : middle(points[i], points[i + 1])
    for (let k = 1; k <= parts; k++) {
      const t = k / parts
      path.push([0, 1].map((a) => (1 - t) ** 2 * from[a] + 2 * t * (1 - t) * points[i][a] + t * t * to[a]))
    }
    from = to
  }
  return path
}

// How far a place lies from a straight line between two points.
export function distance([x, y], [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2
  const share = length ? Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1) : 0
  return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))
}

// Strokes (points from 0 to 1) with a round brush, as side × side bytes: 255 is ink, and what lies at its rim is grey.
export function raster(strokes, side = SIDE, radius = RADIUS) {
  const ink = new Uint8Array(side * side)
  for (const stroke of strokes) {
    const path = smooth(stroke).map(([x, y]) => [x * side, y * side])
    for (let i = 0; i < path.length; i++) {
      const [a, b] = [path[Math.max(i - 1, 0)], path[i]]
      const range = (k) => [Math.max(Math.floor(Math.min(a[k], b[k]) - radius - 1), 0),
        Math.min(Math.ceil(Math.max(a[k], b[k]) + radius + 1), side)]
      const [[left, right], [top, bottom]] = [range(0), range(1)]
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const share = Math.min(Math.max(radius + 0.5 - distance([x + 0.5, y + 0.5], a, b), 0), 1)
          ink[y * side + x] = Math.max(ink[y * side + x], Math.round(255 * share))
        }
      }
    }
  }
  return ink
}

// Bytes as base64.
export const encoded = (bytes) => btoa(Array.from(bytes, (v) => String.fromCharCode(v)).join(""))

// Where an arrow key leads a pen; null for another key.
export function moved([x, y], key) {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key]
  return by ? [x + by[0] * STEP, y + by[1] * STEP].map((v) => Math.min(Math.max(v, 0), 1)) : null
}

// What an answer says: the name of the likeliest class, and how likely it is.
export function verdict(answer, classes) {
  const best = answer.reduce((b, v, i) => (v > answer[b] ? i : b), 0)
  return { said: classes[best], sure: answer[best] }
}

// ---- on a card

function make(tag, className, parent) {
  const element = document.createElement(tag)
  element.className = className
  if (tag === "button") element.type = "button"
  parent?.append(element)
  return element
}

export class Sketch {
  // Whoever has it sets ask(), which is called when there is something new to ask about, and busy(): an answer is still to come.
  constructor(pointer) {
    Object.assign(this, { pointer, strokes: [], pen: [0.5, 0.5], down: false, live: false, chosen: false, text: null })
  }

  // What the network is to be asked about; null if nothing is drawn, or a picture was chosen since.
  get drawing() {
    return this.chart && this.chosen ? this.text : null
  }

  // A picture was chosen instead. What was drawn stays on its surface.
  leave() {
    this.chosen = false
    this.#draw()
  }

  add(chart) {
    chart.card.classList.add("dl-drawing")
    chart.title.setAttribute("aria-live", "polite")
    const pad = make("div", "dl-pad", chart.plot)
    this.slate = make("canvas", "dl-slate", pad)
    this.slate.tabIndex = 0
    this.slate.setAttribute("role", "application")
    const side = make("div", "dl-pad-side", pad)
    this.seen = make("canvas", "dl-seen", side)
    this.seen.setAttribute("aria-hidden", "true")
    this.painted = null
    this.caption = make("span", "dl-seen-name", side)
    this.hint = make("span", "dl-keys", pad)
    const acts = make("div", "dl-pad-acts", side)
    for (const [name, act] of [["undo", () => this.#take(this.strokes.slice(0, -1))], ["clear", () => this.#take([])]]) {
      this[name] = make("button", `dl-button dl-${name}`, acts)
      this[name].innerHTML = `<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false"><path d="${ICONS[name]}"/></svg>`
      this[name].addEventListener("click", act)
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
    this.pointer.follow(this.slate, {
      start: (point) => {
        pressed = true
        this.keys = this.down = false
        this.slate.focus({ preventScroll: true })
        this.#begin(this.#place(point))
      },
      move: (points) => points.forEach((point) => this.#on(this.#place(point))),
      end: () => this.#lift(),
      key: (event) => this.#key(event.key) })
    chart.placed = () => this.#draw()
    chart.more = (view) => this.#say(view)
    this.refresh(chart)
  }

  // The card of this page, or none: templates have been swapped, and words may be another language's.
  refresh(chart) {
    this.chart = chart
    if (!chart) return
    const { words } = chart.sketch.options
    this.slate.setAttribute("aria-label", words.surface)
    for (const name of ["undo", "clear"]) {
      this[name].title = words[name]
      this[name].setAttribute("aria-label", words[name])
    }
    this.caption.textContent = words.seen
    this.hint.textContent = words.keys
    this.#draw()
  }

  // ---- strokes

  #place({ x, y }) {
    const { clientWidth, clientHeight } = this.slate
    return [x / clientWidth, y / clientHeight].map((v) => this.pointer.clamp(v))
  }

  #begin(at) {
    this.pen = at
    this.live = true
    this.strokes = [...this.strokes, [at]]
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
    const to = moved(this.pen, key)
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
    this.chosen = this.strokes.length > 0
    this.text = this.chosen ? encoded(raster(this.strokes)) : null
    this.#draw()
    this.ask()
  }

  // ---- what is shown

  // What the answer says of the drawing; null if there is none, or it is another's. Paints what the network sees.
  #say(view) {
    const drawn = this.drawing ? view.get("drawn") : null
    this.seen.hidden = this.caption.hidden = !drawn
    if (!drawn) return null
    if (drawn !== this.painted) {
      const [height, width] = view.shape("drawn")
      Object.assign(this.seen, { width, height })
      const image = new ImageData(width, height)
      drawn.forEach((v, i) => image.data.set([v, v, v, 255], 4 * i))
      this.seen.getContext("2d").putImageData(image, 0, 0)
      this.painted = drawn
    }
    return verdict(view.get("answer"), this.chart.sketch.options.classes)
  }

  #draw() {
    const { slate } = this
    const side = slate?.clientWidth
    if (!side) return
    const size = Math.round(side * (window.devicePixelRatio || 1))
    if (slate.width !== size) slate.width = slate.height = size
    const g = slate.getContext("2d")
    g.fillStyle = "#000"
    g.fillRect(0, 0, size, size)
    Object.assign(g, { lineCap: "round", lineJoin: "round", lineWidth: (2 * RADIUS * size) / SIDE, strokeStyle: "#fff" })
    for (const stroke of this.strokes) {
      g.beginPath()
      smooth(stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).forEach(([x, y], i) => (i ? g.lineTo(x * size, y * size) : g.moveTo(x * size, y * size)))
      g.stroke()
    }
    slate.classList.toggle("dl-by-keys", Boolean(this.keys))
    slate.classList.toggle("dl-left", this.strokes.length > 0 && !this.chosen && !this.live)
    this.undo.disabled = this.clear.disabled = !this.strokes.length
    if (!this.keys) return
    g.beginPath()
    g.arc(this.pen[0] * size, this.pen[1] * size, (RADIUS * size) / SIDE, 0, 2 * Math.PI)
    Object.assign(g, { lineWidth: size / 84, strokeStyle: this.down ? "#E69F00" : "#56B4E9" })
    g.stroke()
  }
}
