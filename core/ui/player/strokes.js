// Strokes of a round brush: smooth lines, and the pixels that they leave. Pure.

export const SIDE = 56 // pixels a side of what the network is asked about (core/data/drawing.py)
export const RADIUS = 2.4 // of the brush, in these pixels: a digit as high as most people draw it gets lines as bold as those of the sets
const STEP = 1 / 28 // of the side, for an arrow key

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
