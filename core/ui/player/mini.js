// A small copy of the answer in the corner of the screen, while the figure itself is scrolled out of sight: on a phone, or with a
// long list of controls, the slider one moves and the picture it changes are seen together.

const NARROW = 700 // pixels of a window in which everything stands in one column
const SHOWN = 0.35 // the share of the figure that must be in sight for the copy to go

export class Mini {
  // changed() is called when the figure leaves the screen or comes back
  constructor(changed) {
    this.root = document.createElement("div")
    this.root.className = "dl-mini"
    this.root.hidden = true
    this.copy = document.createElement("button")
    this.canvas = document.createElement("canvas")
    this.caption = document.createElement("span")
    this.copy.append(this.canvas, this.caption)
    this.close = document.createElement("button")
    this.close.className = "dl-close"
    this.close.textContent = "×"
    this.copy.type = this.close.type = "button"
    this.root.append(this.copy, this.close)
    this.close.addEventListener("click", () => {
      this.closed = true // until the page is opened again
      changed()
    })
    this.copy.addEventListener("click", () => {
      const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"
      this.chart?.card.scrollIntoView({ behavior, block: "center" })
    })
    document.body.append(this.root) // within the player it would be fixed to the player, not to the screen
    this.observer = new IntersectionObserver((entries) => {
      this.away = entries.at(-1).intersectionRatio < SHOWN
      this.scrolled()
      changed()
    }, { threshold: [0, SHOWN] })
    // On a phone the sliders come before the figure: once that is passed, the copy would only lie over what is read. A leap past it
    // is none of the observer's business.
    this.scrolled = () => {
      if (!this.chart) return
      const passed = window.innerWidth < NARROW && this.chart.card.getBoundingClientRect().bottom < window.innerHeight / 2
      if (passed !== this.passed) changed()
      this.passed = passed
    }
    document.addEventListener("scroll", this.scrolled, { capture: true, passive: true })
  }

  // The figure to copy, and what clicks on the copy and on its cross do, in words.
  follow(chart, label, close) {
    this.copy.title = label
    this.close.title = close
    this.close.setAttribute("aria-label", close)
    if (chart === this.chart) return
    this.observer.disconnect()
    this.chart = chart
    this.away = false
    if (chart) this.observer.observe(chart.card)
  }

  // Whether the figure must be painted although it is out of sight.
  get wanted() {
    return Boolean(this.away && !this.passed && !this.closed && this.chart?.card.isConnected)
  }

  draw(tokens) {
    this.root.hidden = !this.wanted
    if (!this.wanted) return
    const { canvas } = this.chart
    if (this.canvas.width !== canvas.width || this.canvas.height !== canvas.height) {
      [this.canvas.width, this.canvas.height] = [canvas.width, canvas.height]
    }
    const g = this.canvas.getContext("2d")
    g.fillStyle = tokens.background
    g.fillRect(0, 0, canvas.width, canvas.height)
    g.globalAlpha = Number(canvas.style.opacity || 1)
    g.drawImage(canvas, 0, 0)
    g.globalAlpha = 1
    if (this.caption.textContent !== this.chart.shownTitle) this.caption.textContent = this.chart.shownTitle
    Object.assign(this.root.style, { background: tokens.background, color: tokens.text, borderColor: tokens.muted })
  }

  destroy() {
    this.observer.disconnect()
    document.removeEventListener("scroll", this.scrolled, { capture: true })
    this.root.remove()
  }
}
