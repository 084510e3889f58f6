// One sequence, and whom each of its places looks at: those looked at above, those who look below, a line between them as strong as the
// attention; under them what the network answers. The twin of core/figures/heads.py.

const SIDE = 62 // pixels left of the sequence, for the names of the rows
const LEAST = 0.03 // a weaker line is not drawn
const LINE = 15 // height of a row of symbols

const visible = (symbol) => (symbol === " " ? "␣" : symbol === "\n" ? "⏎" : symbol ?? "")

// Where everything stands, in pixels: {left, step, size, upper, lower, answers, right} with a row's middle. longest: characters of a symbol.
export function rows({ width, height }, n, longest, answers = true) {
  const left = width < 360 ? 46 : SIDE
  const step = (width - left - 4) / Math.max(n, 1)
  const size = Math.min(14, Math.max(7, 1.45 * step))
  const turned = longest > 2 && step < 7 * longest
  const room = turned ? Math.min(7 * longest, height / 5) : LINE
  const foot = answers ? 2 * LINE + 12 : 4
  return { left, step, size, turned, room, upper: room / 2 + 1, lower: height - foot - room / 2 - 3, answers: height - LINE - 14, right: height - 10 }
}

// The place at a point: {i, upper} with upper true above the middle of the lines; null outside.
export function placeAt(found, n, { x, y }) {
  const i = Math.floor((x - found.left) / found.step)
  return i < 0 || i >= n ? null : { i, upper: y < (found.upper + found.lower) / 2 }
}

// The lines to draw: [from, to, weight], of all heads given or of one place alone. heads: [{layer, head}], view: of the arrays.
export function lines(view, heads, n, only) {
  return heads.flatMap((one) => {
    const values = view.get(`a_${one.layer}`)
    if (!values) return []
    const base = (one.head - 1) * n * n
    const found = []
    for (let i = 0; i < n; i++) {
      if (only && !only.upper && only.i !== i) continue
      for (let j = 0; j < n; j++) {
        const weight = values[base + i * n + j]
        if (weight >= LEAST && !(only?.upper && only.i !== j)) found.push({ from: i, to: j, weight, one })
      }
    }
    return found
  })
}

// What the network answers at every place: [{text, right, wanted}], empty where nothing is asked. One for a task with a single answer.
export function answers(view, options) {
  const [truth, said, p] = ["truth", "said", "p"].map((name) => view.get(name))
  if (!truth || !said) return []
  const k = view.shape("p")?.[1] ?? 1
  return Array.from(truth, (wanted, i) => (wanted < 0 ? null : { text: visible(options.answers[said[i]]), right: said[i] === wanted,
    wanted: visible(options.answers[wanted]), p: p?.[i * k + said[i]] }))
}

// The symbols as the network sees them: hidden ones are boxes.
export function symbols(view, options) {
  const hidden = view.get("hidden")
  return Array.from(view.get("tokens") ?? [], (token, i) => (hidden?.[i] ? "▢" : visible(options.symbols[token])))
}

// Draw it. heads: those whose lines are drawn; place: the one pointed at; cursor: whether the keyboard is there.
export function paint(g, area, view, options, { tokens, font, tone, heads, place, cursor }) {
  const read = symbols(view, options)
  const n = read.length
  if (!n) return null
  const found = rows(area, n, Math.max(...read.map((s) => s.length)))
  const x = (i) => found.left + (i + 0.5) * found.step
  const middle = (found.upper + found.lower) / 2
  const truth = view.get("truth")
  const many = heads.length > 1 ? 0.75 : 0.95
  const faint = (i) => (!place && truth?.length === n && truth[i] < 0 ? 0.22 : 1) // places whose answer nobody asks for
  for (const { from, to, weight, one } of lines(view, heads, n, place)) {
    g.globalAlpha = Math.min(weight, 1) * many * faint(from)
    g.strokeStyle = tokens[tone(one)]
    g.lineWidth = Math.min(Math.max(found.step / 6, 1.2), 4)
    g.beginPath()
    g.moveTo(x(from), found.lower - found.room / 2 - 1)
    g.bezierCurveTo(x(from), middle, x(to), middle, x(to), found.upper + found.room / 2 + 1)
    g.stroke()
  }
  g.globalAlpha = 1
  if (place) {
    g.fillStyle = tokens.grid
    g.fillRect(x(place.i) - found.step / 2, (place.upper ? found.upper : found.lower) - found.room / 2, found.step, found.room)
    if (cursor) {
      g.strokeStyle = tokens.text
      g.lineWidth = 1.5
      g.strokeRect(x(place.i) - found.step / 2, (place.upper ? found.upper : found.lower) - found.room / 2, found.step, found.room)
    }
  }
  captions(g, found, options, tokens, font)
  const put = (text, i, y, colour, bold) => {
    g.fillStyle = colour
    g.font = `${bold ? "600 " : ""}${found.size}px ${font}`
    g.fillText(text, x(i), y, found.step * (n === 1 ? 8 : 1.4))
  }
  g.textBaseline = "middle"
  g.textAlign = "center"
  for (const [row, upper] of [[found.upper, true], [found.lower, false]]) {
    read.forEach((text, i) => {
      const bold = place?.i === i && place.upper === upper
      if (!found.turned) return put(text, i, row, tokens.text, bold)
      g.save()
      g.translate(x(i), row)
      g.rotate(-Math.PI / 2)
      g.fillStyle = tokens.text
      g.font = `${bold ? "600 " : ""}${Math.min(found.size, 12)}px ${font}`
      g.fillText(text, 0, 0, found.room)
      return g.restore()
    })
  }
  says(g, found, answers(view, options), options, tokens, put, font)
  g.textAlign = "left"
  return { found, n }
}

function captions(g, found, options, tokens, font) {
  g.font = `11px ${font}`
  g.textAlign = "left"
  g.textBaseline = "middle"
  g.fillStyle = tokens.muted
  const names = [[options.words.upper, found.upper], [options.words.lower, found.lower], [options.words.says, found.answers]]
  for (const [text, y] of names) g.fillText(text, 0, y, found.left - 4)
}

function says(g, found, given, options, tokens, put, font) {
  if (options.pooled) {
    const [one] = given
    if (!one) return
    g.textAlign = "left"
    g.font = `600 14px ${font}`
    g.fillStyle = one.right ? tokens.score : tokens.pin0
    g.fillText(`${one.right ? "✓" : "✗"} ${one.text} · ${Math.round(100 * (one.p ?? 0))}%${one.right ? "" : `  (${options.words.wanted} ${one.wanted})`}`, found.left, found.answers)
    g.textAlign = "center"
    return
  }
  const wrong = given.some((one) => one && !one.right)
  given.forEach((one, i) => {
    if (!one) return put("·", i, found.answers, tokens.muted)
    put(one.text, i, found.answers, one.right ? tokens.score : tokens.pin0, true)
    if (!one.right) {
      const x = found.left + (i + 0.5) * found.step
      g.strokeStyle = tokens.pin0
      g.lineWidth = 1.5
      g.beginPath()
      const half = Math.min(found.step * 0.45, found.size * 0.65)
      g.moveTo(x - half, found.answers)
      g.lineTo(x + half, found.answers)
      g.stroke()
      put(one.wanted, i, found.right, tokens.muted)
    }
    return undefined
  })
  if (!wrong) return
  g.textAlign = "left"
  g.font = `11px ${font}`
  g.fillStyle = tokens.muted
  g.fillText(options.words.wanted, 0, found.right, found.left - 4)
  g.textAlign = "center"
}
