// Attention maps of every layer and head, side by side: rows are who looks, columns whom at. The twin of core/figures/heads.py; what is
// pointed at and switched off is attend.js.

const GAP = 8 // pixels between two maps
const CAPTION = 15 // above each

// Where the maps stand: the heads of a layer beside one another, and layers beside one another where they are many, so that all maps are
// as large as can be. Returns the places [{layer, head, x, y}] of all, counted from 1, and their side, in pixels.
export function grid(layers, heads, { width, height }) {
  let best = { side: 0, columns: heads, rows: 1, abreast: 1 }
  for (let abreast = 1; abreast <= layers; abreast++) {
    for (let rows = 1; rows <= heads; rows++) {
      const columns = Math.ceil(heads / rows)
      const [wide, high] = [columns * abreast, rows * Math.ceil(layers / abreast)]
      const side = Math.floor(Math.min((width - (wide - 1) * GAP) / wide, (height - high * CAPTION - (high - 1) * GAP) / high))
      if (side > best.side) best = { side, columns, rows, abreast }
    }
  }
  const { side, columns, rows, abreast } = best
  const high = rows * Math.ceil(layers / abreast)
  const left = Math.max((width - columns * abreast * (side + GAP) + GAP) / 2, 0)
  const top = Math.max((height - high * (side + CAPTION + GAP) + GAP) / 2, 0)
  const places = []
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      const row = Math.floor(layer / abreast) * rows + Math.floor(head / columns)
      const column = (layer % abreast) * columns + (head % columns)
      places.push({ layer: layer + 1, head: head + 1, x: left + column * (side + GAP), y: top + row * (side + CAPTION + GAP) + CAPTION })
    }
  }
  return { side, columns: columns * abreast, places }
}

// What lies at a place in pixels: {layer, head, from, to} with the cell of a map of n places, {layer, head} on its caption; null beside.
export function at({ side, places }, { x, y }, n) {
  const found = places.find((p) => x >= p.x && x < p.x + side && y >= p.y - CAPTION && y < p.y + side)
  if (!found) return null
  const { layer, head } = found
  if (y < found.y) return { layer, head }
  return { layer, head, from: Math.min(Math.floor(((y - found.y) / side) * n), n - 1), to: Math.min(Math.floor(((x - found.x) / side) * n), n - 1) }
}

// Which head an arrow key leads to: {layer, head}.
export function moved({ places, columns }, { layer, head }, key) {
  const now = places.findIndex((p) => p.layer === layer && p.head === head)
  const { x, y } = places[now]
  const wanted = { ArrowLeft: (p) => p.y === y && p.x < x, ArrowRight: (p) => p.y === y && p.x > x, ArrowUp: (p) => p.y < y && p.x === x,
    ArrowDown: (p) => p.y > y && p.x === x }[key]
  const far = (p) => Math.abs(p.x - x) + Math.abs(p.y - y)
  const next = places.filter(wanted).sort((p, q) => far(p) - far(q))[0]
  return next && columns ? { layer: next.layer, head: next.head } : { layer, head }
}

// All heads of so many layers.
export const every = ({ layers, heads }) => Array.from({ length: layers * heads }, (_, i) => (
  { layer: Math.floor(i / heads) + 1, head: (i % heads) + 1 }))

export const name = ({ layer, head }) => `${layer}.${head}`

// The colour of a head, as the theme names it, wherever it is drawn.
export const tone = ({ layer, head }, heads) => `layer${((layer - 1) * heads + head - 1) % 7}`

// Weights 0 … 1 as shades 0 … 255. By their roots: of 32 places looked at alike each gets a thirty-second, and that should be seen.
export const shade = (weight) => Math.min(Math.max(Math.floor(Math.sqrt(weight) * 256), 0), 255)

// One head's weights (n, n) from an array (heads, n, n).
export const weights = (values, head, n) => values.subarray((head - 1) * n * n, head * n * n)

let scratch = null

function picture(values, n, table, causal) {
  scratch ??= document.createElement("canvas")
  if (scratch.width !== n) scratch.width = scratch.height = n
  const image = new ImageData(n, n)
  const pixels = new Uint32Array(image.data.buffer)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (!causal || j <= i) pixels[i * n + j] = table[shade(values[i * n + j])]
  scratch.getContext("2d").putImageData(image, 0, 0)
  return scratch
}

// Paint all maps. off: names of the heads that are switched off; chosen: the head with a frame; cell: the place pointed at; cursor: whether
// the keyboard is there.
export function paint(g, area, view, options, { table, tokens, font, off = new Set(), chosen, cell, cursor }) {
  const spot = grid(options.layers, options.heads, area)
  const n = view.shape("a_1")?.[1]
  if (!n) return spot
  g.imageSmoothingEnabled = spot.side < n
  g.textBaseline = "alphabetic"
  const long = spot.side > 8 * options.words.name.length
  for (const place of spot.places) {
    const { x, y, layer, head } = place
    const values = view.get(`a_${layer}`)
    if (!values) continue
    const out = off.has(name(place))
    const here = chosen?.layer === layer && chosen?.head === head
    g.globalAlpha = out ? 0.18 : 1
    g.drawImage(picture(weights(values, head, n), n, table, options.causal), x, y, spot.side, spot.side)
    g.globalAlpha = 1
    g.lineWidth = here ? 2.5 : 1
    g.strokeStyle = here ? tokens.text : tokens.border
    if (here && cursor) g.setLineDash([4, 3])
    g.strokeRect(x + 0.5, y + 0.5, spot.side - 1, spot.side - 1)
    g.setLineDash([])
    if (out) cross(g, x, y, spot.side, tokens.pin0)
    const colour = tokens[tone(place, options.heads)]
    g.fillStyle = out ? tokens.muted : colour
    g.fillRect(x, y - 11, 7, 7)
    g.font = `${here ? "600 " : ""}11px ${font}`
    g.fillStyle = out ? tokens.muted : tokens.text
    const said = long ? options.words.name.replace("{layer}", layer).replace("{head}", head) : name(place)
    g.fillText(said + (out && spot.side > 60 ? ` · ${options.words.off}` : ""), x + 11, y - 4, spot.side - 11)
    if (here && cell && !out) {
      const step = spot.side / n
      g.strokeStyle = colour
      g.lineWidth = 2
      g.strokeRect(x + 1, y + cell.from * step, spot.side - 2, Math.max(step, 3))
      if (cell.to !== undefined) {
        g.strokeStyle = tokens.text
        g.strokeRect(x + cell.to * step - 1, y + cell.from * step - 1, Math.max(step, 3) + 2, Math.max(step, 3) + 2)
      }
    }
  }
  return spot
}

function cross(g, x, y, side, colour) {
  g.strokeStyle = colour
  g.lineWidth = 2.5
  g.beginPath()
  for (const [a, b] of [[0.2, 0.8], [0.8, 0.2]]) {
    g.moveTo(x + a * side, y + 0.2 * side)
    g.lineTo(x + b * side, y + 0.8 * side)
  }
  g.stroke()
}
