// The control bar: step, play, skip, scrubber, speed, stop, and the run's state in one line.

const ICONS = {
  back: "M6 4h2v12H6zM16 4v12l-7-6z", play: "M6 3.5v13l10-6.5z", pause: "M5 4h4v12H5zM11 4h4v12h-4z",
  forward: "M12 4h2v12h-2zM4 4v12l7-6z", skip: "M15 4h2v12h-2zM3 4v12l6-6zM9 4v12l6-6z", stop: "M5 5h10v10H5z",
}

function icon(name) {
  return `<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false"><path d="${ICONS[name]}"/></svg>`
}

function make(tag, attributes, parent) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}

export class Bar {
  // on: play, step(±1), seek(epoch), skip, speed(factor), stop
  constructor(root, speeds, on) {
    this.root = root
    root.className = "dl-bar"
    root.setAttribute("role", "group")
    this.buttons = {}
    const button = (name, act) => {
      const b = make("button", { type: "button", class: `dl-button dl-${name}` }, root)
      b.innerHTML = icon(name)
      b.addEventListener("click", act)
      this.buttons[name] = b
    }
    button("back", () => on.step(-1))
    button("play", () => on.play())
    button("forward", () => on.step(1))
    button("skip", () => on.skip())
    this.scrubber = make("input", { type: "range", class: "dl-scrubber", min: 0, max: 1, value: 0, step: 1 }, root)
    this.scrubber.addEventListener("input", () => on.seek(Number(this.scrubber.value)))
    this.scrubber.addEventListener("keydown", (event) => {
      // from recorded epoch to recorded epoch, which may lie further apart than one
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
      if (!step) return
      event.preventDefault()
      on.step(step)
    })
    this.line = make("span", { class: "dl-state" }, root)
    this.epoch = make("b", { class: "dl-epoch" }, this.line)
    this.rest = make("span", { class: "dl-rest" }, this.line)
    this.said = make("span", { class: "dl-hidden", "aria-live": "polite" }, root)
    this.speed = make("select", { class: "dl-speed" }, root)
    for (const s of speeds) this.speed.append(new Option(`${s}×`, s, s === 1, s === 1))
    this.speed.addEventListener("change", () => on.speed(Number(this.speed.value)))
    button("stop", () => on.stop())
    this.buttons.stop.hidden = true
  }

  name(strings) {
    this.strings = strings
    this.root.setAttribute("aria-label", strings.player)
    for (const [name, b] of Object.entries(this.buttons)) this.#label(b, strings[name])
    this.scrubber.setAttribute("aria-label", strings.scrubber)
    this.#label(this.speed, strings.speed)
    this.playing = undefined
  }

  #label(element, text) {
    element.setAttribute("aria-label", text)
    element.title = text
  }

  // state: {epoch, total, edge, playing, live, epochText, restText, stateText}
  show(state) {
    if (this.playing !== state.playing) {
      this.playing = state.playing
      this.buttons.play.innerHTML = icon(state.playing ? "pause" : "play")
      this.#label(this.buttons.play, this.strings[state.playing ? "pause" : "play"])
    }
    this.#set(this.scrubber, "max", String(state.total))
    if (this.scrubber.value !== String(state.epoch)) this.scrubber.value = state.epoch
    this.scrubber.style.setProperty("--done", `${(100 * state.epoch) / state.total}%`)
    this.scrubber.style.setProperty("--edge", `${(100 * state.edge) / state.total}%`)
    this.#text(this.epoch, state.epochText)
    this.#text(this.rest, state.restText)
    this.#text(this.said, state.stateText)
    if (this.buttons.stop.hidden === state.live) this.buttons.stop.hidden = !state.live
    this.scrubber.disabled = state.frames === 0
  }

  // What a screen reader says of the scrubber: not with every picture.
  settle(valuetext) {
    this.#set(this.scrubber, "aria-valuetext", valuetext)
  }

  #set(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }

  #text(element, text) {
    if (element.textContent !== text) element.textContent = text
  }
}
