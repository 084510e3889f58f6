// The network diagram: weights as a few shapes, thumbnails on a canvas, and neurons that can be chosen and pulled out.
// The twin of core/figures/network.py.

// Plotly shapes of one frame's weights. out: set of "layer,unit" pulled out, whose edges are dashed.
export function edges(options, arrays, tokens, out = new Set()) {
  const found = []
  const pulled = []
  options.layers.slice(0, -1).forEach((left, i) => {
    const right = options.layers[i + 1]
    const w = arrays.get(`w${i}`)
    if (!w) return
    const columns = arrays.shape(`w${i}`)[1]
    for (let a = 0; a < left.shown; a++) {
      for (let b = 0; b < right.shown; b++) {
        const edge = [w[a * columns + b], left.x, left.ys[a], right.x, right.ys[b]]
        if (out.has(`${i},${a}`) || out.has(`${i + 1},${b}`)) pulled.push(edge)
        else found.push(edge)
      }
    }
  })
  if (found.length > options.strongest) {
    found.sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]))
    found.length = options.strongest
  }
  const steps = options.buckets.length
  const paths = new Array(2 * steps).fill("")
  for (const edge of found) {
    const size = Math.abs(edge[0])
    const step = Math.min(Math.floor((size / (size + options.half)) * steps), steps - 1)
    paths[step + (edge[0] < 0 ? steps : 0)] += path(edge)
  }
  const shape = (path, width, color, more) => ({ type: "path", path: path || "M0,0", layer: "below", opacity: 0.6,
    line: { width, color, ...more } })
  const shapes = paths.map((p, i) => shape(p, options.buckets[i % steps],
    i < steps ? tokens.positive : tokens.negative))
  if (pulled.length) shapes.push(shape(pulled.map(path).join(""), 1, tokens.muted, { dash: "dot" }))
  return shapes
}

function path([, x0, y0, x1, y1]) {
  const half = (x1 - x0) / 2
  return `M${x0},${y0}C${x0 + half},${y0},${x1 - half},${y1},${x1},${y1}`
}

// The weight whose line passes within `reach` (both in the diagram's own units) of a place, the nearest one; null if none does.
export function edgeAt(options, arrays, [x, y], reach) {
  const i = options.layers.findIndex((left, k) => left.x < x && x < options.layers[k + 1]?.x)
  const w = i >= 0 && arrays.get(`w${i}`)
  if (!w) return null
  const [left, right] = [options.layers[i], options.layers[i + 1]]
  const share = (x - left.x) / (right.x - left.x)
  let [low, high] = [0, 1] // of the curve's parameter, by bisection: its x is 1.5 t - 1.5 t² + t³, its y 3 t² - 2 t³
  for (let n = 0; n < 20; n++) {
    const t = (low + high) / 2
    if (1.5 * t - 1.5 * t * t + t ** 3 < share) low = t
    else high = t
  }
  const blend = 3 * low * low - 2 * low ** 3
  const columns = arrays.shape(`w${i}`)[1]
  let found = null
  let least = reach
  for (let a = 0; a < left.shown; a++) {
    for (let b = 0; b < right.shown; b++) {
      const off = Math.abs(left.ys[a] + (right.ys[b] - left.ys[a]) * blend - y)
      if (off < least) {
        least = off
        found = { layer: i, from: a, to: b, weight: w[a * columns + b] }
      }
    }
  }
  return found
}

// The neurons that are drawn, in the order of the array "thumbs".
export function neurons(options) {
  return options.layers.flatMap((layer, i) => layer.ys.map((y, unit) => ({ layer: i, unit, x: layer.xs?.[unit] ?? layer.x, y })))
}

// Which neuron an arrow key leads to.
export function move(options, index, key) {
  const all = neurons(options)
  const here = all[index]
  if (!here) return 0
  const step = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (step) {
    const next = index + step
    return all[next]?.layer === here.layer ? next : index
  }
  const layer = here.layer + (key === "ArrowRight" ? 1 : -1)
  const there = all.map((n, i) => [n, i]).filter(([n]) => n.layer === layer)
  if (!there.length) return index
  return there.reduce((a, b) => (Math.abs(b[0].y - here.y) < Math.abs(a[0].y - here.y) ? b : a))[1]
}

// What is known of a neuron: bias, largest incoming weights, share of the points it is silent on.
export function facts(options, arrays, row, neuron) {
  const { layer, unit } = neuron
  if (layer === 0) return { weights: [] }
  const shape = arrays.shape(`w${layer - 1}`)
  const w = arrays.get(`w${layer - 1}`)
  const all = options.layers
  const before = all.slice(0, layer - 1).reduce((n, l) => n + l.shown, 0)
  const weights = []
  for (let a = 0; w && a < shape[0]; a++) {
    const name = a < all[layer - 1].shown ? (options.inputs.length && layer === 1 ? options.names[before + a] : `${a + 1}`)
      : `${a + 1}`
    weights.push([name, w[a * shape[1] + unit]])
  }
  weights.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
  return { bias: arrays.get(`b${layer - 1}`)?.[unit], weights: weights.slice(0, 4), more: Math.max(weights.length - 4, 0),
    dead: row[`dead_${layer}`] }
}

// Copy the thumbnails to their places and draw what is chosen, out, or active over them.
export function paint(canvas, place, options, atlas, { selected = -1, out = new Set(), first = null, activity = null, tokens, focused }) {
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [Math.round(place.width * ratio), Math.round(place.height * ratio)]
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  Object.assign(canvas.style, { width: `${place.width}px`, height: `${place.height}px` }) // whatever the screen's pixel ratio
  const g = canvas.getContext("2d")
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, place.width, place.height)
  g.imageSmoothingEnabled = !options.hint // maps are made of pixels
  const all = neurons(options)
  const rows = atlas.width ? atlas.height / all.length : 0
  const side = Math.min(options.side, (place.width / options.layers.length / (options.abreast ?? 1)) * 0.8)
  all.forEach((n, i) => {
    const [x, y] = [Math.round(place.x(n.x) - side / 2), Math.round(place.y(n.y) - side / 2)]
    const gone = out.has(`${n.layer},${n.unit + (first?.get(n.layer) ?? 0)}`)
    g.fillStyle = tokens.background
    g.fillRect(x, y, side, side)
    g.globalAlpha = gone ? 0.18 : 0.9
    if (rows && Number.isInteger(rows)) g.drawImage(atlas, 0, i * rows, atlas.width, rows, x, y, side, side)
    g.globalAlpha = 1
    const act = activity?.[n.layer]?.[n.unit]
    g.lineWidth = act === undefined ? 1 : 3
    g.strokeStyle = act === undefined ? tokens.muted : act < 0 ? tokens.negative : tokens.positive
    if (act !== undefined) g.globalAlpha = 0.15 + 0.85 * Math.min(Math.abs(act), 1)
    g.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
    g.globalAlpha = 1
    if (gone) cross(g, x, y, side, tokens.text)
    if (i === selected) {
      g.lineWidth = focused ? 2.5 : 1.5
      g.strokeStyle = tokens.text
      g.strokeRect(x - 3, y - 3, side + 6, side + 6)
    }
  })
}

function cross(g, x, y, side, colour) {
  g.lineWidth = 2
  g.strokeStyle = colour
  g.beginPath()
  g.moveTo(x + 4, y + 4)
  g.lineTo(x + side - 4, y + side - 4)
  g.moveTo(x + side - 4, y + 4)
  g.lineTo(x + 4, y + side - 4)
  g.stroke()
}
