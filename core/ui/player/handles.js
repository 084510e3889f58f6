// Places in figures that are dragged, or moved with the arrow keys, and places that are pressed.

const PULL = 10 // pixels within which a place or a line pulls
const PAUSE_MS = 400 // after the last arrow key a move by keyboard is over

// ---- pure

const rounded = (value, step) => {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))
  return Number((Math.round(value / step) * step).toFixed(Math.min(digits, 12)))
}
const clamp = (value, [low, high]) => Math.min(Math.max(value, low ?? -Infinity), high ?? Infinity)
const exact = (value) => Number(value.toPrecision(12))

// The place on a rail [[value, x, y], …] that belongs to a value.
export function onRail(rail, value) {
  const i = Math.min(Math.max(rail.findIndex(([v]) => v >= value), 1), rail.length - 1)
  const [[v0, x0, y0], [v1, x1, y1]] = value > rail.at(-1)[0] ? rail.slice(-2) : [rail[i - 1], rail[i]]
  const share = v1 > v0 ? Math.min(Math.max((value - v0) / (v1 - v0), 0), 1) : 0
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share]
}

// The value of the place on a rail that lies nearest to a place; scale: pixels of one unit in x and in y.
export function nearestOnRail(rail, [x, y], [sx, sy]) {
  let best = [Infinity, rail[0][0]]
  for (let i = 1; i < rail.length; i++) {
    const [[v0, x0, y0], [v1, x1, y1]] = [rail[i - 1], rail[i]]
    const [dx, dy] = [(x1 - x0) * sx, (y1 - y0) * sy]
    const length = dx * dx + dy * dy
    const share = length ? Math.min(Math.max((((x - x0) * sx) * dx + ((y - y0) * sy) * dy) / length, 0), 1) : 0
    const distance = Math.hypot((x0 - x) * sx + dx * share, (y0 - y) * sy + dy * share)
    if (distance < best[0]) best = [distance, v0 + (v1 - v0) * share]
  }
  return best[1]
}

// Where a handle comes to stand that is moved to a place, and what its fields become. pull: pixels, 0 for the keyboard.
export function settled(handle, [x, y], scale, pull = PULL) {
  const { rail, fields, bounds, offset, step, snap, rays } = handle
  if (rail.length) {
    const value = clamp(rounded(nearestOnRail(rail, [x, y], scale), step), [rail[0][0], rail.at(-1)[0]])
    const snapped = pull && snap.find(([px, py]) => Math.hypot((px - x) * scale[0], (py - y) * scale[1]) <= pull)
    const found = snapped ? exact(nearestOnRail(rail, snapped, scale)) : value
    return { at: onRail(rail, found), values: { [fields[0]]: found } }
  }
  let at = [clamp(rounded(x - offset[0], step) + offset[0], bounds[0]), clamp(rounded(y - offset[1], step) + offset[1], bounds[1])]
  const spot = pull && snap.find(([px, py]) => Math.hypot((px - x) * scale[0], (py - y) * scale[1]) <= pull)
  const ray = pull && rays.map(([dx, dy]) => {
    const t = ((x - offset[0]) * dx + (y - offset[1]) * dy) / (dx * dx + dy * dy)
    return [offset[0] + t * dx, offset[1] + t * dy]
  }).find(([px, py]) => Math.hypot((px - x) * scale[0], (py - y) * scale[1]) <= pull)
  const pulled = spot || ray
  if (pulled && clamp(pulled[0], bounds[0]) === pulled[0] && clamp(pulled[1], bounds[1]) === pulled[1]) at = pulled
  return { at, values: { [fields[0]]: exact(at[0] - offset[0]), [fields[1]]: exact(at[1] - offset[1]) } }
}

// ---- in the figures

export class Handles {
  // pointer: the module; tell(values, first, done): what was moved; say(handle): what it is called
  constructor(pointer, tell, say) {
    Object.assign(this, { pointer, tell, say, grips: new Map(), held: null })
  }

  // Put up the handles and the places to press of a picture. chart(id): the figure.
  show(handles, presses, chart) {
    this.chart = chart
    const ids = new Set(handles.map((h) => h.id))
    for (const [id, grip] of this.grips) if (!ids.has(id) || grip.chart !== chart(grip.handle.figure)) this.#drop(id)
    for (const handle of handles) {
      const grip = this.grips.get(handle.id) ?? this.#make(handle)
      grip.handle = handle
      if (this.held !== handle.id && !grip.timer) grip.at = handle.at // an answer to the first of several keys must not take the others back
      grip.element.style.setProperty("--grip", `var(--dl-${handle.colour}, currentColor)`)
      grip.element.toggleAttribute("data-bare", handle.bare)
      const name = this.say(handle)
      if (grip.element.title !== name) {
        grip.element.title = name
        grip.element.setAttribute("aria-label", name)
      }
      this.#place(grip)
    }
    for (const layer of this.layers ?? []) layer.querySelectorAll(".dl-press").forEach((b) => b.remove())
    this.layers = new Set(handles.map((h) => h.figure).concat(presses.map((p) => p.figure)).map((id) => this.#layer(chart(id))))
    this.presses = presses.map((press) => ({ press, chart: chart(press.figure), buttons: press.places.map((place) => this.#press(press, place)) }))
    for (const press of this.presses) this.#placePresses(press)
  }

  #layer(chart) {
    let layer = chart.plot.querySelector(":scope > .dl-grips")
    if (!layer) {
      layer = document.createElement("div")
      layer.className = "dl-grips"
      chart.plot.append(layer)
      const before = chart.placed // a grid to paint lies in it
      chart.placed = () => {
        before?.()
        this.place(chart)
      }
    }
    return layer
  }

  #make(handle) {
    const chart = this.chart(handle.figure)
    const element = document.createElement("button")
    element.type = "button"
    element.className = "dl-grip"
    element.dataset.handle = handle.id
    element.setAttribute("role", "slider")
    const layer = this.#layer(chart)
    layer.append(element)
    const grip = { handle, chart, element, at: handle.at }
    this.grips.set(handle.id, grip)
    const place = (target, { x, y }) => {
      const [box, plot] = [target.getBoundingClientRect(), chart.plot.getBoundingClientRect()]
      const { left, top } = chart.area
      return [chart.area.toX(box.left + x - plot.left - left), chart.area.toY(box.top + y - plot.top - top)]
    }
    const following = (target) => this.pointer.follow(target, {
      start: (point) => {
        this.held = handle.id
        grip.fresh = true
        element.focus({ preventScroll: true })
        if (target !== element) this.#move(grip, place(target, point), PULL, false)
      },
      move: (points) => this.#move(grip, place(target, points.at(-1)), PULL, false),
      end: () => {
        this.held = null
        if (!grip.fresh) this.tell({}, false, true)
      },
      key: (event) => this.#key(grip, event),
    })
    grip.ends = [following(element)]
    if (handle.anywhere) {
      const field = document.createElement("div")
      field.className = "dl-anywhere"
      layer.prepend(field)
      grip.field = field
      grip.ends.push(following(field))
    }
    return grip
  }

  #drop(id) {
    const grip = this.grips.get(id)
    grip.ends.forEach((end) => end())
    grip.element.remove()
    grip.field?.remove()
    if (this.held === id) this.held = null
    this.grips.delete(id)
  }

  #move(grip, at, pull, done) {
    const { area } = grip.chart
    const scale = [Math.abs(area.x(1) - area.x(0)), Math.abs(area.y(1) - area.y(0))]
    const found = settled(grip.handle, at, scale, pull)
    if (found.at[0] === grip.at[0] && found.at[1] === grip.at[1] && !grip.fresh) return
    if (grip.fresh && found.at[0] === grip.at[0] && found.at[1] === grip.at[1]) return // pressed, not moved
    grip.at = found.at
    this.#place(grip)
    this.tell(found.values, Boolean(grip.fresh), done)
    grip.fresh = false
  }

  #key(grip, event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (!way) return false
    const { rail, step, fields } = grip.handle
    const by = step * (event.shiftKey ? 10 : 1)
    const first = !grip.timer
    clearTimeout(grip.timer)
    grip.timer = setTimeout(() => {
      grip.timer = null
      this.tell({}, false, true)
    }, PAUSE_MS)
    if (rail.length) {
      const value = clamp(rounded(this.#value(grip) + by * (way[0] + way[1]), step), [rail[0][0], rail.at(-1)[0]])
      grip.value = value
      grip.at = onRail(rail, value)
      this.#place(grip)
      this.tell({ [fields[0]]: value }, first, false)
    } else {
      grip.fresh = first
      this.#move(grip, [grip.at[0] + by * way[0], grip.at[1] + by * way[1]], 0, false)
    }
    return true
  }

  #value(grip) {
    if (grip.value !== undefined && grip.timer) return grip.value
    const { area } = grip.chart
    return nearestOnRail(grip.handle.rail, grip.at, [Math.abs(area.x(1) - area.x(0)), Math.abs(area.y(1) - area.y(0))])
  }

  #press(press, [value, x, y, label]) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "dl-press"
    button.title = label
    button.setAttribute("aria-label", label)
    button.style.setProperty("--radius", `${press.radius}px`)
    button.addEventListener("click", () => this.tell({ [press.field]: value }, true, true))
    this.#layer(this.chart(press.figure)).append(button)
    return { button, at: [x, y] }
  }

  // ---- where they stand

  place(chart) {
    for (const grip of this.grips.values()) if (grip.chart === chart) this.#place(grip)
    for (const press of this.presses ?? []) if (press.chart === chart) this.#placePresses(press)
  }

  #put(element, chart, [x, y]) {
    const { area } = chart
    if (!area) return
    const [px, py] = [area.x(x), area.y(y)]
    const inside = px >= -1 && py >= -1 && px <= area.width + 1 && py <= area.height + 1
    element.hidden = !inside
    element.style.transform = `translate(${area.left + px}px, ${area.top + py}px)`
  }

  #place(grip) {
    this.#put(grip.element, grip.chart, grip.at)
    const { area } = grip.chart
    if (grip.field && area) {
      Object.assign(grip.field.style, { left: `${area.left}px`, top: `${area.top}px`, width: `${area.width}px`, height: `${area.height}px` })
    }
    const short = (v) => String(Number(v.toPrecision(4)))
    grip.element.setAttribute("aria-valuetext", grip.at.map(short).join(", "))
    grip.element.setAttribute("aria-valuenow", short(grip.handle.rail.length ? this.#valueOf(grip) : grip.at[0]))
  }

  #valueOf(grip) {
    return nearestOnRail(grip.handle.rail, grip.at, [1, 1])
  }

  #placePresses({ chart, buttons }) {
    for (const { button, at } of buttons) this.#put(button, chart, at)
  }

  destroy() {
    for (const id of [...this.grips.keys()]) this.#drop(id)
  }
}
