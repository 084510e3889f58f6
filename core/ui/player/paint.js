// Grids of cells in figures that are painted: pressed one by one, in a stroke over many, or with arrow keys and space.

// ---- pure

// The cell of a grid that lies below a place, both ends included: its index. size: pixels of the whole grid.
export function cellAt({ x, y }, [width, height], rows, columns) {
  const along = (p, length, n) => Math.min(Math.max(Math.floor((p / length) * n), 0), n - 1)
  return along(y, height, rows) * columns + along(x, width, columns)
}

// All cells as the page takes them.
export function written(cells, columns, [between, rows]) {
  const lines = []
  for (let i = 0; i < cells.length; i += columns) lines.push(cells.slice(i, i + columns).join(between))
  return lines.join(rows)
}

// The cell that an arrow key leads to; null for another key.
export function stepped(cell, key, rows, columns) {
  const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key]
  if (!way) return null
  const inside = (at, n) => Math.min(Math.max(at, 0), n - 1)
  return inside(Math.floor(cell / columns) + way[0], rows) * columns + inside((cell % columns) + way[1], columns)
}

// ---- in the figures

export class Paints {
  // pointer: the module; tell(values, first, done): what was painted; say(label, cell): what a grid is called, and the cell in hand
  constructor(pointer, tell, say) {
    Object.assign(this, { pointer, tell, say, grids: new Map() })
  }

  // Put up the grids of a picture. chart(id): the figure; pending: whether something that was told has not been answered yet: until then
  // what is painted here is newer than what comes from the page.
  show(paints, chart, pending) {
    const ids = new Set(paints.map((p) => `${p.figure} ${p.field}`))
    for (const [id, grid] of this.grids) if (!ids.has(id) || grid.chart !== chart(grid.paint.figure)) this.#drop(id)
    for (const paint of paints) {
      const id = `${paint.figure} ${paint.field}`
      const grid = this.grids.get(id) ?? this.#make(id, chart(paint.figure))
      const other = grid.paint && (grid.paint.columns !== paint.columns || grid.paint.cells.length !== paint.cells.length)
      grid.paint = paint
      if (!(pending || grid.held) || other || !grid.cells) grid.cells = [...paint.cells]
      grid.cell = Math.min(grid.cell, grid.cells.length - 1)
      this.#name(grid)
      this.#place(grid)
    }
  }

  #make(id, chart) {
    let layer = chart.plot.querySelector(":scope > .dl-brushes")
    if (!layer) {
      layer = document.createElement("div")
      layer.className = "dl-brushes"
      chart.plot.append(layer)
      const before = chart.placed
      chart.placed = () => {
        before?.()
        for (const grid of this.grids.values()) if (grid.chart === chart) this.#place(grid)
      }
    }
    const element = document.createElement("div")
    element.className = "dl-paint"
    element.tabIndex = 0
    element.setAttribute("role", "application")
    const cursor = document.createElement("div")
    cursor.className = "dl-cursor"
    element.append(cursor)
    layer.append(element)
    const grid = { chart, element, cursor, cell: 0, held: false }
    const size = () => [element.clientWidth, element.clientHeight]
    const shape = () => [grid.cells.length / grid.paint.columns, grid.paint.columns]
    const over = ({ x, y }) => cellAt({ x, y }, size(), ...shape())
    grid.ends = this.pointer.follow(element, {
      start: (point) => {
        Object.assign(grid, { held: true, fresh: true, last: point })
        element.focus({ preventScroll: true })
        const cell = over(point)
        grid.value = this.#other(grid, cell)
        this.#stroke(grid, [cell], false)
      },
      move: (points) => {
        for (const point of points) {
          const step = size()[0] / grid.paint.columns / 2
          this.#stroke(grid, this.pointer.stamps(grid.last, point, step).map(over), false)
          grid.last = point
        }
      },
      end: () => {
        grid.held = false
        this.tell({}, false, true)
      },
      key: (event) => {
        if (event.key === " " || event.key === "Enter") {
          grid.fresh = true
          grid.value = this.#other(grid, grid.cell)
          this.#stroke(grid, [grid.cell], true)
          return true
        }
        const next = stepped(grid.cell, event.key, ...shape())
        if (next === null) return false
        grid.cell = next
        this.#name(grid)
        this.#cursor(grid)
        return true
      },
    })
    element.addEventListener("pointermove", (event) => {
      if (grid.held) return
      const box = element.getBoundingClientRect()
      grid.cell = over({ x: event.clientX - box.left, y: event.clientY - box.top })
      this.#cursor(grid)
    })
    this.grids.set(id, grid)
    return grid
  }

  // What a stroke puts down that begins at this cell.
  #other({ paint, cells }, cell) {
    if (paint.turn) return paint.turn(cells[cell])
    return cells[cell] === paint.brush ? paint.empty : paint.brush
  }

  #stroke(grid, along, done) {
    const changed = along.filter((cell) => grid.cells[cell] !== grid.value)
    grid.cell = along.at(-1)
    for (const cell of changed) grid.cells[cell] = grid.value
    this.#name(grid)
    this.#cursor(grid)
    if (!changed.length) return
    const { field, columns, between } = grid.paint
    this.tell({ [field]: written(grid.cells, columns, between) }, grid.fresh, done)
    grid.fresh = false
  }

  #name({ paint, cells, cell, element }) {
    const place = `(${Math.floor(cell / paint.columns) + 1}, ${(cell % paint.columns) + 1}): ${cells[cell]}`
    element.setAttribute("aria-label", this.say(paint.label, place))
  }

  #cursor({ paint, cells, cell, cursor }) {
    const rows = cells.length / paint.columns
    Object.assign(cursor.style, { width: `${100 / paint.columns}%`, height: `${100 / rows}%`,
      left: `${(100 * (cell % paint.columns)) / paint.columns}%`, top: `${(100 * Math.floor(cell / paint.columns)) / rows}%` })
  }

  #place(grid) {
    const { area } = grid.chart
    if (!area) return
    const { at: [x, y], columns, cells } = grid.paint
    const [left, top] = [area.x(x - 0.5), area.y(y - 0.5)]
    Object.assign(grid.element.style, { transform: `translate(${area.left + left}px, ${area.top + top}px)`,
      width: `${area.x(x - 0.5 + columns) - left}px`, height: `${area.y(y - 0.5 + cells.length / columns) - top}px` })
    this.#cursor(grid)
  }

  #drop(id) {
    const grid = this.grids.get(id)
    grid.ends()
    grid.element.remove()
    this.grids.delete(id)
  }

  destroy() {
    for (const id of [...this.grids.keys()]) this.#drop(id)
  }
}
