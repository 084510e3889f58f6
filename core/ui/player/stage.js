// The figures of a page in their rows: put up, exchanged, coloured anew, sized, and told apart by whether they are in sight.

const AREAS = ["main", "bar", "curves", "more"]

export class Stage {
  // Chart: the class of a figure; tools: what its figures need; on.added(chart), on.changed() when there is something to draw.
  constructor(root, Chart, tools, on) {
    Object.assign(this, { root, Chart, tools, on, rows: {}, unmounted: [] })
    for (const area of AREAS) {
      this.rows[area] = document.createElement("div")
      this.rows[area].className = `dl-row dl-${area}`
      root.append(this.rows[area])
    }
    this.figures = new Map() // id -> Chart
    this.sized = new ResizeObserver(() => this.#resize())
    this.sized.observe(root)
    this.seen = new IntersectionObserver((entries) => this.#see(entries))
  }

  get all() {
    return [...this.figures.values()]
  }

  // Put these templates on the page: those that changed are redrawn, the others are left alone. Returns whether any did.
  swap(templates, tokens) {
    const all = JSON.stringify(templates)
    if (all === this.templates) return false
    this.templates = all
    const opening = !this.figures.size
    const ids = new Set(templates.map((t) => t.id))
    for (const [id, chart] of this.figures) if (!ids.has(id)) this.#remove(id, chart)
    for (const template of templates) {
      const text = JSON.stringify(template)
      const known = this.figures.get(template.id)
      if (known?.text === text) continue
      const chart = known ?? this.#add(template)
      chart.text = text
      // When a page opens the first picture goes ahead of the figures below it; their cards are there, in their places.
      if (opening && template.area !== "main") this.unmounted.push(chart)
      else chart.mount(tokens, template)
      if (!known) chart.wait()
    }
    this.#order(templates)
    return true
  }

  #add(template) {
    const chart = new this.Chart(this.tools(), template)
    this.figures.set(template.id, chart)
    this.rows[template.area].append(chart.card)
    this.seen.observe(chart.card)
    this.on.added(chart)
    return chart
  }

  #remove(id, chart) {
    this.seen.unobserve(chart.card)
    chart.destroy()
    this.figures.delete(id)
  }

  // Cards that stand where they belong are not touched: moving one lays out the whole page anew.
  #order(templates) {
    for (const [area, row] of Object.entries(this.rows)) {
      templates.filter((t) => t.area === area).forEach((t, i) => {
        const { card } = this.figures.get(t.id)
        if (row.children[i] !== card) row.insertBefore(card, row.children[i] ?? null)
      })
    }
  }

  // Mount one of the figures that waited for the first picture. Returns whether there was one.
  mountNext(tokens) {
    const chart = this.unmounted.shift()
    if (chart?.card.isConnected && !chart.mounted) chart.mount(tokens)
    return Boolean(chart)
  }

  remount(tokens) {
    for (const chart of this.all) if (chart.mounted) chart.mount(tokens)
  }

  #resize() {
    if (this.root.clientWidth === this.width || !this.root.clientWidth) return
    this.width = this.root.clientWidth
    for (const chart of this.all) chart.resize()
  }

  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const chart = this.figures.get(target.dataset.figure)
      if (chart) chart.visible = isIntersecting
    }
    this.on.changed()
  }

  destroy() {
    this.sized.disconnect()
    this.seen.disconnect()
    for (const chart of this.all) chart.destroy()
  }
}
