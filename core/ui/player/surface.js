// What is painted on the surface of a card with a drawing, and of what the network sees of it.

const OVERLAY = [86, 180, 233] // the blue of what speaks for an answer, light enough for a black ground
const STRONGEST = 0.75 // opacity of the overlay

// Pixels (h, w, c) uint8, grey or in colour, as RGBA. Pure.
export function rgba(values, channels) {
  const out = new Uint8ClampedArray((values.length / channels) * 4)
  for (let i = 0, k = 0; i < values.length; i += channels, k += 4) {
    for (let c = 0; c < 3; c++) out[k + c] = values[i + (channels === 3 ? c : 0)]
    out[k + 3] = 255
  }
  return out
}

// Where an image speaks for the answer, 128 … 255, as a veil over it. Pure.
export function veil(values) {
  const out = new Uint8ClampedArray(values.length * 4)
  values.forEach((v, i) => out.set([...OVERLAY, Math.round(Math.max(v - 128, 0) * (255 / 127) * STRONGEST)], 4 * i))
  return out
}

// Put pixels on a canvas of their size.
export function paint(canvas, pixels, height, width) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0)
}

// The surface: strokes, or pixels {values, shape} in their place, black beside them. change: how they lie there, null as they are;
// pen: the keyboard's, {at, down}, or null. brush: core/ui/player/strokes.js.
export function draw(slate, { strokes, pixels, change, pen }, brush) {
  const size = Math.round(slate.clientWidth * (window.devicePixelRatio || 1))
  if (slate.width !== size) slate.width = slate.height = size
  const g = slate.getContext("2d")
  g.setTransform(1, 0, 0, 1, 0, 0)
  g.fillStyle = "#000"
  g.fillRect(0, 0, size, size)
  if (change) {
    g.translate((0.5 + change.right) * size, (0.5 + change.down) * size)
    g.rotate((change.turn * Math.PI) / 180)
    g.translate(-size / 2, -size / 2)
  }
  if (pixels) stamp(g, pixels, size)
  else lines(g, strokes, size, brush)
  if (!pen) return
  g.beginPath()
  g.arc(pen.at[0] * size, pen.at[1] * size, (brush.RADIUS * size) / brush.SIDE, 0, 2 * Math.PI)
  Object.assign(g, { lineWidth: size / 84, strokeStyle: pen.down ? "#E69F00" : "#56B4E9" })
  g.stroke()
}

let plain = null // a canvas of the pixels' own size

function stamp(g, { values, shape }, size) {
  const [height, width, channels] = shape
  plain ??= document.createElement("canvas")
  paint(plain, rgba(values, channels), height, width)
  g.imageSmoothingEnabled = false
  g.drawImage(plain, 0, 0, size, size)
}

function lines(g, strokes, size, { smooth, RADIUS, SIDE }) {
  Object.assign(g, { lineCap: "round", lineJoin: "round", lineWidth: (2 * RADIUS * size) / SIDE, strokeStyle: "#fff" })
  for (const stroke of strokes) {
    g.beginPath()
    smooth(stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).forEach(([x, y], i) => (i ? g.lineTo(x * size, y * size) : g.moveTo(x * size, y * size)))
    g.stroke()
  }
}
