// Pictures from arrays, painted on canvases that lie under or over a Plotly figure. Plotly redraws a heatmap in some
// 20 ms, a canvas takes one: that is the difference between 15 and 50 pictures a second for the whole page.

const FINE = 200 // a surface is interpolated to FINE × FINE before it is coloured, so that edges stay sharp

let scratch = null

function fine(values, rows, columns) {
  if (scratch?.key !== `${rows},${columns}`) {
    const along = (n) => Array.from({ length: FINE }, (_, i) => {
      const at = (i * (n - 1)) / (FINE - 1)
      const low = Math.min(Math.floor(at), n - 2)
      return [low, at - low]
    })
    scratch = { key: `${rows},${columns}`, x: along(columns), y: along(rows), row: new Float32Array(columns),
      out: new Uint8ClampedArray(FINE * FINE) }
  }
  const { x, y, row, out } = scratch
  for (let i = 0; i < FINE; i++) {
    const [r, v] = y[i]
    for (let c = 0; c < columns; c++) {
      const low = values[r * columns + c]
      row[c] = low + (values[(r + 1) * columns + c] - low) * v
    }
    const line = (FINE - 1 - i) * FINE // row 0 of the array is the lowest, row 0 of the picture the highest
    for (let j = 0; j < FINE; j++) {
      const [c, u] = x[j]
      out[line + j] = row[c] + (row[c + 1] - row[c]) * u
    }
  }
  return out
}

// Paint a (rows, columns) uint8 array through a colour table.
export function paintSmooth(canvas, values, [rows, columns], table) {
  if (canvas.width !== FINE) canvas.width = canvas.height = FINE
  const image = new ImageData(FINE, FINE)
  const pixels = new Uint32Array(image.data.buffer)
  const shades = fine(values, rows, columns)
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[shades[i]]
  canvas.getContext("2d").putImageData(image, 0, 0)
}

// Paint winning classes, each paler the less sure the network is; table holds 256 colours a class.
export function paintClasses(canvas, classes, sure, [rows, columns], table) {
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows]
  const image = new ImageData(columns, rows)
  const pixels = new Uint32Array(image.data.buffer)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const k = i * columns + j
      pixels[(rows - 1 - i) * columns + j] = table[classes[k] * 256 + (sure ? sure[k] : 255)]
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

// All thumbnails below one another in one canvas, from which they are copied to their places.
export function paintAtlas(canvas, values, [count, rows, columns], table) {
  if (canvas.width !== columns || canvas.height !== count * rows) [canvas.width, canvas.height] = [columns, count * rows]
  const image = new ImageData(columns, count * rows)
  const pixels = new Uint32Array(image.data.buffer)
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < rows; i++) {
      const from = (n * rows + i) * columns
      const to = (n * rows + rows - 1 - i) * columns
      for (let j = 0; j < columns; j++) pixels[to + j] = table[values[from + j]]
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

// A canvas as sharp as the screen, emptied, and measured in the pixels of the page: what draws on it.
export function sharp(canvas, area) {
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [area.width, area.height].map((v) => Math.round(v * ratio))
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  Object.assign(canvas.style, { width: `${area.width}px`, height: `${area.height}px` })
  const g = canvas.getContext("2d")
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, area.width, area.height)
  return g
}
