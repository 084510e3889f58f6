// A generator and a discriminator in one picture of the plane. The twin of core/figures/duel.py; what is pressed, painted and slowed down
// is arena.js.

const LONGEST = 0.42 // of an arrow, in half sides of the picture
const USUAL = 1 // the pull at which it is half as long
const DARKEST = 0.4 // opacity of a cell of noise without any area
const FAR = 0.12 // how long the mean line of a magnified move is, in half sides
const FINEST = 1e-5 // a change of the verdict, of what it is at most (at least of 1), below which there is little but rounding
const SEEN = 0.005 // how long a line has to be to be seen, in half sides
const TIMES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

// ---- pure

// Numbers as bytes, least at 0 and most at 255.
export function bytes(values, least, most) {
  const span = most > least ? most - least : 1
  return Uint8Array.from(values, (v) => Math.min(Math.max(((v - least) / span) * 255, 0), 255))
}

// The verdict as bytes: probabilities from 0 to 1, a critic's scores from the least to the greatest.
export const shades = (values, critic) => (critic ? bytes(values, Math.min(...values), Math.max(...values)) : bytes(values, 0, 1))

// Where a verdict has changed, as bytes, 128 where it has not; most: the largest change; still: whether that is too little to be drawn.
export function change(before, after) {
  const off = Array.from(after, (v, i) => v - before[i])
  const most = Math.max(...off.map(Math.abs), 0)
  const still = most <= FINEST * before.reduce((found, v) => Math.max(found, Math.abs(v)), 1)
  return { most, still, bytes: bytes(off, -most || -1, most || 1) }
}

// An arrow for a pull, in the pull's direction, growing with it.
export function arrow([x, y], bound) {
  const by = (LONGEST * bound) / (Math.hypot(x, y) + USUAL)
  return [x * by, y * by]
}

// How far points moved on average, and how many times as long a line has to be that shows it: a round number; still: whether even that
// is too short to be seen.
export function moves(before, after, bound) {
  const n = Math.min(before.length, after.length) / 2
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.hypot(after[2 * i] - before[2 * i], after[2 * i + 1] - before[2 * i + 1])
  const moved = n ? sum / n : 0
  const times = TIMES.findLast((k) => k * moved <= FAR * bound) ?? 1
  return { moved, times, still: times * moved < SEEN * bound }
}

// The lines of a grid (rows, columns, 2): lists of places, along both directions.
export function threads(values, [rows, columns]) {
  const at = (i, j) => [values[2 * (i * columns + j)], values[2 * (i * columns + j) + 1]]
  const along = (n, m, place) => Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => place(i, j)))
  return [...(columns > 1 ? along(rows, columns, at) : []), ...(rows > 1 ? along(columns, rows, (j, i) => at(i, j)) : [])]
}

// The cells of a grid (rows, columns, 2), row by row: the four corners of each.
export function cells(values, [rows, columns]) {
  const at = (i, j) => [values[2 * (i * columns + j)], values[2 * (i * columns + j) + 1]]
  return Array.from({ length: (rows - 1) * (columns - 1) }, (_, k) => {
    const [i, j] = [Math.floor(k / (columns - 1)), k % (columns - 1)]
    return [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)]
  })
}

// How dark a cell is, from 0 to DARKEST: half of it where so many such cells would just cover the picture.
export const density = (area, count, bound) => DARKEST / (1 + (area * count) / (2 * bound) ** 2)

// What of a step in slow motion is drawn: arrays by name, over those of the picture. stage: "d" or "g".
export function after(answer, stage, view) {
  const own = (name) => answer.get(name) ?? view.get(name)
  const before = { surface: answer.get("surface_0") ?? view.get("surface"), fake: answer.get("fake_0") ?? view.get("fake"),
    manifold: answer.get("manifold_0") ?? view.get("manifold"), area: answer.get("area_0") ?? view.get("area") }
  const now = stage === "d" ? { ...before, surface: own("surface_d"), arrows: own("arrows_d") }
    : { surface: own("surface_d"), fake: own("fake_g"), manifold: own("manifold_g"), area: own("area_g"), arrows: own("arrows_g") }
  return { before, get: (name) => now[name] ?? view.get(name) }
}

// ---- on a canvas

let scratch = null

function shading(g, area, values, shape, table, bound, paintSmooth) {
  scratch ??= document.createElement("canvas")
  paintSmooth(scratch, values, shape, table)
  const [left, top] = [area.x(-bound), area.y(bound)]
  g.globalAlpha = 0.55
  g.drawImage(scratch, left, top, area.x(bound) - left, area.y(-bound) - top)
  g.globalAlpha = 1
}

function lines(g, area, all) {
  g.beginPath()
  for (const line of all) line.forEach(([x, y], i) => (i ? g.lineTo(area.x(x), area.y(y)) : g.moveTo(area.x(x), area.y(y))))
  g.stroke()
}

// The bent sheet: the smaller a cell has become, the darker it is. How much of the noise falls into a cell is another matter: of normal
// noise an outer one gets little.
function sheet(g, area, manifold, sizes, shape, bound, colour) {
  g.fillStyle = colour
  cells(manifold, shape).forEach((corners, k) => {
    g.globalAlpha = density(sizes[k], sizes.length, bound)
    g.beginPath()
    for (const [x, y] of corners) g.lineTo(area.x(x), area.y(y))
    g.fill()
  })
  g.globalAlpha = 1
}

// Points as marks of their own: circles are real, squares are fakes.
function dots(g, area, values, { fill, ring, square }) {
  const r = area.width < 260 ? 2 : 2.6
  Object.assign(g, { fillStyle: fill, strokeStyle: ring, lineWidth: 0.7 })
  for (let i = 0; i + 1 < values.length; i += 2) {
    const [x, y] = [area.x(values[i]), area.y(values[i + 1])]
    g.beginPath()
    if (square) g.rect(x - r, y - r, 2 * r, 2 * r)
    else g.arc(x, y, r, 0, 2 * Math.PI)
    g.fill()
    g.stroke()
  }
}

function arrows(g, area, from, pulls, bound, colour) {
  Object.assign(g, { strokeStyle: colour, lineWidth: 1.3 })
  g.beginPath()
  for (let i = 0; i + 1 < pulls.length; i += 2) {
    const [dx, dy] = arrow([pulls[i], pulls[i + 1]], bound)
    const [x, y] = [area.x(from[i]), area.y(from[i + 1])]
    const [u, v] = [area.x(from[i] + dx) - x, area.y(from[i + 1] + dy) - y]
    const length = Math.hypot(u, v)
    if (!(length > 0.5)) continue
    g.moveTo(x, y)
    g.lineTo(x + u, y + v)
    const head = Math.min(4, length / 2) / length
    for (const side of [-0.6, 0.6]) {
      g.moveTo(x + u, y + v)
      g.lineTo(x + u - head * (u - side * v), y + v - head * (v + side * u))
    }
  }
  g.stroke()
}

// The rings that a fake has to fall into to count for a mode.
function rings(g, area, { centres, radius }, view, colour) {
  const covered = view.get("covered")
  Object.assign(g, { strokeStyle: colour, lineWidth: 1.4 })
  centres.forEach(([x, y], k) => {
    g.setLineDash(covered?.[k] ? [] : [3, 3])
    g.beginPath()
    g.arc(area.x(x), area.y(y), area.x(x + radius) - area.x(x), 0, 2 * Math.PI)
    g.stroke()
  })
  g.setLineDash([])
}

// Draw it. off: names of the parts that are not wanted; slow: null, or a step in slow motion {stage, arrays}; cells: what is painted, row by
// row, or null.
export function paint(g, area, view, options, { table, tokens, off = new Set(), slow = null, cells = null, paintSmooth }) {
  const { bound, critic } = options
  const on = (part) => !off.has(part)
  const shown = slow ? after(slow.arrays, slow.stage, view) : view
  const surface = shown.get("surface")
  if (surface && on("surface")) {
    const changed = slow?.stage === "d" ? change(shown.before.surface, surface) : null
    shading(g, area, changed && !changed.still ? changed.bytes : shades(surface, critic), view.shape("surface"), table, bound, paintSmooth)
  }
  if (cells) painted(g, area, cells, bound, tokens)
  const manifold = shown.get("manifold")
  if (manifold && on("grid")) {
    if (shown.get("area") && view.shape("manifold")[1] > 1) sheet(g, area, manifold, shown.get("area"), view.shape("manifold"), bound, tokens.class3)
    Object.assign(g, { strokeStyle: tokens.class3, lineWidth: view.shape("manifold")[1] > 1 ? 0.9 : 2 })
    lines(g, area, threads(manifold, view.shape("manifold")))
  }
  if (options.centres.length) rings(g, area, options, view, tokens.muted)
  const [real, fake] = [view.get("real"), shown.get("fake")]
  if (real && on("real")) dots(g, area, real, { fill: tokens.point1, ring: tokens.ring })
  if (fake && on("fake")) dots(g, area, fake, { fill: tokens.point0, ring: tokens.ring, square: true })
  if (slow?.stage === "g" && fake) return trails(g, area, shown.before.fake, fake, bound, tokens.text)
  const pulls = shown.get("arrows")
  if (pulls && fake && on("arrows")) arrows(g, area, fake, pulls, bound, tokens.text)
  return undefined
}

// How far every fake moved, magnified.
function trails(g, area, before, now, bound, colour) {
  const { times } = moves(before, now, bound)
  Object.assign(g, { strokeStyle: colour, lineWidth: 1.1 })
  const line = (i) => [[before[i], before[i + 1]], [before[i] + times * (now[i] - before[i]), before[i + 1] + times * (now[i + 1] - before[i + 1])]]
  lines(g, area, Array.from({ length: now.length / 2 }, (_, i) => line(2 * i)))
}

function painted(g, area, cells, bound, tokens) {
  const side = Math.sqrt(cells.length)
  const step = (2 * bound) / side
  g.globalAlpha = 0.3
  g.fillStyle = tokens.point1
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] !== "1") continue
    const [x, y] = [(i % side) * step - bound, bound - Math.floor(i / side) * step]
    g.fillRect(area.x(x), area.y(y), area.x(x + step) - area.x(x) + 0.5, area.y(y - step) - area.y(y) + 0.5)
  }
  g.globalAlpha = 1
}
