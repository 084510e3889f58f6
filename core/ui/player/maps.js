// What belongs to a drawing of maps: below each layer with more of them than are drawn a button for the next ones, and below all of it
// the switch for the map that is looked at.

// The first of the next `shown` maps of `size`; behind the last ones come the first again. Pure.
export function next(first, shown, size) {
  return first + shown >= size ? 0 : Math.min(first + shown, size - shown)
}

// From which one on `shown` maps are drawn that have `unit` among them, when they were drawn from `first` on. Pure.
export function page(first, unit, shown, size) {
  if (unit >= first && unit < first + shown) return first
  return Math.min(Math.floor(unit / shown) * shown, size - shown)
}

function button(className, parent, act) {
  const element = document.createElement("button")
  element.type = "button"
  element.className = className
  element.addEventListener("click", act)
  parent.append(element)
  return element
}

export class Maps {
  // on: turn(layer), switch(), putBack()
  constructor(chart, on) {
    Object.assign(this, { chart, on, buttons: [] })
    this.turns = document.createElement("div")
    this.turns.className = "dl-turns"
    chart.card.insertBefore(this.turns, chart.note)
    this.line = document.createElement("div")
    this.line.className = "dl-looked"
    chart.card.append(this.line)
    this.line.append(chart.note)
    this.switch = button("dl-word dl-switch", this.line, on.switch)
    this.back = button("dl-word dl-all-on", this.line, on.putBack)
  }

  // first: Map layer → its first map; unit: whether there is one to switch, is it off; out: how many are.
  show({ first, can, off, out }, say) {
    const { layers, width, labels, words } = this.chart.net.options
    const more = layers.map((layer, i) => ({ ...layer, i })).filter((layer) => layer.shown < layer.size)
    this.turns.hidden = !more.length
    while (this.buttons.length > more.length) this.buttons.pop().remove()
    while (this.buttons.length < more.length) {
      const n = this.buttons.length
      this.buttons.push(button("dl-turn", this.turns, () => this.on.turn(this.layers[n])))
    }
    this.layers = more.map((layer) => layer.i)
    const wide = this.chart.plot.clientWidth / layers.length > 72
    more.forEach((layer, n) => {
      const from = (first.get(layer.i) ?? 0) + 1
      const element = this.buttons[n]
      const values = { layer: labels[layer.i], first: from, last: from + layer.shown - 1, size: layer.size }
      const text = wide ? say("{first:d}–{last:d} / {size:d} ›", values) : say("{first:d}–{last:d} ›", values)
      if (element.textContent !== text) element.textContent = text
      element.title = say(words.turn, values)
      element.setAttribute("aria-label", element.title)
      element.style.left = `${(100 * layer.x) / width}%`
    })
    const set = (element, shown, text, title) => {
      element.hidden = !shown
      if (element.textContent !== text) element.textContent = text
      element.title = title
    }
    set(this.switch, can, off ? words.on : words.off, off ? words.on : words.off_key)
    set(this.back, out > 0, words.all_on, words.all_on_key)
  }

  hide() {
    this.turns.hidden = true
    this.switch.hidden = this.back.hidden = true
  }
}
