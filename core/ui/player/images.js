// Pictures side by side in one figure: photographs as they are, or numbers through a colour table; captions below, one of them chosen.
// The twin of core/figures/images.py.

const CAPTION = 15 // pixels below a picture
const GAP = 6

// Where the pictures stand: so many columns, or as many as make them largest in this room. Returns {columns, side, left, line}: side in pixels, left
// of the first column, line the height of a row.
export function grid(count, { width, height }, caption = true, only = 0) {
  const text = caption ? CAPTION : 0
  let best = { columns: 1, side: 0, left: 0, line: text + GAP }
  for (let columns = only || 1; columns <= (only || Math.max(count, 1)); columns++) {
    const rows = Math.ceil(count / columns)
    const side = Math.floor(Math.min(width / columns - GAP, height / rows - GAP - text))
    if (side > best.side) best = { columns, side, left: Math.floor((width - columns * (side + GAP) + GAP) / 2), line: side + text + GAP }
  }
  return best
}

const place = ({ columns, side, left, line }, i) => [left + (i % columns) * (side + GAP), Math.floor(i / columns) * line]

// The number of the picture at a place in pixels, -1 for none.
export function at(count, area, caption, { x, y }, only = 0) {
  const found = grid(count, area, caption, only)
  for (let i = 0; i < count; i++) {
    const [left, top] = place(found, i)
    if (x >= left && x < left + found.side && y >= top && y < top + found.side) return i
  }
  return -1
}

// Which picture an arrow key leads to.
export function move(count, area, caption, i, key, only = 0) {
  const { columns } = grid(count, area, caption, only)
  const to = i + { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key]
  return to >= 0 && to < count ? to : i
}

// One canvas with all pictures below one another. values: uint8 (count, rows, columns, channels); table: 256 colours for one channel, or
// null for grey.
export function paintAll(canvas, values, [count, rows, columns, channels], table) {
  if (canvas.width !== columns || canvas.height !== count * rows) [canvas.width, canvas.height] = [columns, Math.max(count * rows, 1)]
  if (!count) return
  const image = new ImageData(columns, count * rows)
  const pixels = new Uint32Array(image.data.buffer)
  for (let i = 0; i < pixels.length; i++) {
    const [r, g, b] = channels === 3 ? values.subarray(3 * i, 3 * i + 3) : [values[i], values[i], values[i]]
    pixels[i] = table && channels === 1 ? table[r] : (255 << 24) | (b << 16) | (g << 8) | r
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

// Whether there is room for words below the pictures.
export const captioned = (options) => Boolean(options.caption || options.paint)

// What stands below picture i: the template's words, filled with its numbers; names of classes for those that are classes.
export function caption(options, view, i, format, language) {
  if (!options.caption) return ""
  const values = Object.fromEntries(Object.entries(options.values).map(([name, array]) => {
    const value = view.get(array)?.[i]
    return [name, options.named.includes(name) ? options.classes[value] : value]
  }))
  return format.fill(options.caption, values, language)
}

// Whether picture i is one that the network gets wrong.
const wrong = (options, view, i) => Boolean(options.wrong) && view.get(options.wrong[0])?.[i] !== view.get(options.wrong[1])?.[i]

// Draw the pictures of `atlas` into their places. chosen: the one with a frame, -1 for none; cursor: that of the keyboard; best: Map
// of pictures that are marked, with what is said of each.
export function paint(canvas, area, atlas, count, options, { view, chosen, cursor, best, tokens, format, language, font }) {
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [Math.round(area.width * ratio), Math.round(area.height * ratio)]
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  Object.assign(canvas.style, { width: `${area.width}px`, height: `${area.height}px` })
  const g = canvas.getContext("2d")
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, area.width, area.height)
  g.imageSmoothingEnabled = false
  const spot = grid(count, area, captioned(options), options.columns)
  const rows = count ? atlas.height / count : 0
  for (let i = 0; i < count; i++) {
    const [x, y] = place(spot, i)
    g.drawImage(atlas, 0, i * rows, atlas.width, rows, x, y, spot.side, spot.side)
    g.lineWidth = i === chosen ? 3 : 1
    g.strokeStyle = i === chosen ? tokens.text : tokens.muted
    g.strokeRect(x + 0.5, y + 0.5, spot.side - 1, spot.side - 1)
    if (best?.has(i)) {
      g.lineWidth = 3
      g.strokeStyle = tokens.score
      g.strokeRect(x - 1, y - 1, spot.side + 2, spot.side + 2)
      g.font = `bold 11px ${font}`
      g.textAlign = "center"
      g.fillStyle = tokens.score
      g.fillText(best.get(i), x + spot.side / 2, y + spot.side + 12)
    }
    if (i === cursor) {
      g.strokeStyle = tokens.text
      g.setLineDash([3, 2])
      g.lineWidth = 2
      g.strokeRect(x - 2, y - 2, spot.side + 4, spot.side + 4)
      g.setLineDash([])
    }
    if (!options.caption) continue
    g.font = `11px ${font}`
    g.textAlign = "center"
    g.fillStyle = wrong(options, view, i) ? tokens.pin0 : tokens.text
    g.fillText((wrong(options, view, i) ? "✗ " : "") + caption(options, view, i, format, language), x + spot.side / 2, y + spot.side + 11,
      spot.side + GAP)
  }
}
