// States over time as a heat map, and a text of symbols. The twin of core/figures/sequences.py; what chooses and holds is sequence.js.

// The row of a block's array at a height y of the figure's own pixels: {block, k}; undefined between blocks.
export function rowAt(options, y) {
  const block = options.blocks.find((b) => y >= b.top && y < b.bottom)
  return block && { block, k: Math.min(Math.floor(((y - block.top) / (block.bottom - block.top)) * block.rows), block.rows - 1) }
}

// The name of a row: "forget gate 3", or a class's own name.
export function rowName(block, k, fill) {
  return Array.isArray(block.each) ? `${block.name} ${block.each[k]}` : fill(block.each, { k: k + 1 })
}

// Where keys lead from a place {t, y}: a step on, or a row up or down.
export function moved(options, { t, y }, key) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0
  const places = options.blocks.flatMap((b) => Array.from({ length: b.rows }, (_, k) => b.top + ((k + 0.5) * (b.bottom - b.top)) / b.rows))
  const now = places.reduce((best, place, i) => (Math.abs(place - y) < Math.abs(places[best] - y) ? i : best), 0)
  const row = Math.min(Math.max(now + ({ ArrowUp: -1, ArrowDown: 1 }[key] ?? 0), 0), places.length - 1)
  return { t: Math.min(Math.max(t + by, 0), options.steps - 1), y: places[row] }
}

// A column of pixels a step, a row of pixels a pixel of the figure's height. tables: {signed, share} of 256 colours.
export function paint(canvas, view, options, tables) {
  const height = Math.round(options.blocks.at(-1).bottom)
  const { steps } = options
  if (canvas.width !== steps || canvas.height !== height) [canvas.width, canvas.height] = [steps, height]
  const image = new ImageData(steps, height)
  const pixels = new Uint32Array(image.data.buffer)
  for (const block of options.blocks) {
    const values = view.get(block.array)
    if (!values) continue
    const width = view.shape(block.array)[1] ?? 1
    const table = block.signed ? tables.signed : tables.share
    const most = block.signed ? values.reduce((a, v) => Math.max(a, Math.abs(v)), 1) : 1
    for (let y = Math.ceil(block.top); y < Math.min(block.bottom, height); y++) {
      const { k } = rowAt(options, y)
      for (let t = 0; t < steps; t++) {
        const value = values[t * width + k]
        const share = block.signed ? (value / most + 1) / 2 : value
        pixels[y * steps + t] = table[Math.min(Math.max(Math.floor(share * 256), 0), 255)]
      }
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

function spans(box, texts, name) {
  while (box.childElementCount > texts.length) box.lastElementChild.remove()
  while (box.childElementCount < texts.length) box.append(document.createElement("span"))
  texts.forEach((text, i) => {
    const span = box.children[i]
    if (span.textContent !== text) span.textContent = text
    span.className = name(i)
  })
}

const visible = (symbol) => (symbol === " " ? "␣" : symbol)

// The symbols of a sequence, each above its column.
export function symbols(box, view, options, width) {
  box.style.fontSize = `${Math.min(12, (1.5 * width) / options.steps)}px`
  const tokens = view.get("tokens")
  spans(box, tokens ? Array.from(tokens, (k) => visible(options.symbols[k])) : [], () => "")
}

// A text: what was given pale, what was drawn after it as it is.
export function say(box, view, { source: [name], options }) {
  const text = Array.from(view.get(name) ?? [], (k) => options.symbols[k])
  spans(box, [text.slice(0, options.begun).join(""), text.slice(options.begun).join("")], (i) => (i ? "" : "dl-given"))
}
