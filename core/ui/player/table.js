// The numbers behind a figure, as a table. Pure.

const plain = (text) => String(text ?? "").replace(/<[^>]*>/g, "")

// template: as the player has it; view: the arrays of the frame; columns: of its curves, {x, y} each. Returns {head, rows}.
export function tableOf(template, view, columns, words) {
  const { bindings, figure } = template
  const kind = bindings[0]?.kind
  if (kind === "curve" || kind === "line") return curves(template, columns)
  if (kind === "matrix") return matrix(figure, bindings[0], view)
  if (kind === "heatmap") return surface(bindings[0], view, figure.layout)
  if (!kind) return points(figure)
  if (kind === "network") return weights(bindings[0].options, view, words)
  if (kind === "images") return pictures(bindings[0], view)
  if (kind === "cloud") return cloud(bindings, figure, view)
  if (kind === "strip") return states(bindings[0].options, view)
  if (kind === "said") return text(bindings[0], view)
  if (kind === "heads") return attention(bindings[0], view)
  if (kind === "flow") return answered(bindings[0], view)
  if (kind === "writer") return text(bindings[0], view)
  if (kind === "duel") return clouds(bindings[0].options.words.parts, view)
  return { head: [], rows: [] }
}

// Of a figure that no run feeds: its first grid of numbers, else the places of all traces, two or three columns each.
function points({ data, layout }) {
  const grid = data.find((t) => Array.isArray(t.z?.[0]))
  if (grid) {
    const along = (values, n) => (values?.length === n ? values : Array.from({ length: n }, (_, i) => i + 1))
    const ys = along(grid.y, grid.z.length)
    return { head: [corner(layout), ...along(grid.x, grid.z[0].length)], rows: grid.z.map((line, i) => [ys[i], ...line]) }
  }
  const drawn = data.filter((t) => t.x?.length || t.y?.length)
  const columns = drawn.flatMap((t, i) => {
    const name = plain(t.name) || `${i + 1}`
    const values = ["x", "y", "z"].filter((axis) => t[axis]?.length).map((axis) => {
      const title = plain(layout[`${axis}axis`]?.title?.text ?? layout.scene?.[`${axis}axis`]?.title?.text) || axis
      return [`${name} · ${title}`, t[axis]]
    })
    const words = Array.isArray(t.text) ? [[name, t.text.map(plain)]] : []
    return [...values, ...words]
  })
  const length = Math.max(0, ...columns.map(([, values]) => values.length))
  return { head: columns.map(([name]) => name), rows: Array.from({ length }, (_, i) => columns.map(([, values]) => values[i] ?? null)) }
}

// What the table calls a curve that has no name in the figure, which needs none there. In signs, which are read in any language.
const SIGNS = { low: "min", high: "max", each: "#" }

// The columns of a binding, named; none for a curve that only decorates. Of a group of runs (aggregate.js names its sources) there is
// the band too, and each run in a column of its own.
function named(binding, column, { bindings, figure: { data } }) {
  const name = plain(data[binding.trace].name)
  if (name) return [[name, column]]
  const [set, summary] = binding.source[0].split(":")
  if (!SIGNS[summary]) return []
  const medians = bindings.filter((b) => b.source[0].split(":")[1] === "median")
  const own = medians.length > 1 && medians.find((b) => b.source[0].startsWith(`${set}:`))
  const head = (own ? `${plain(data[own.trace].name)} · ` : "") + SIGNS[summary]
  return summary === "each" ? split(column).map((part, i) => [`${head}${i + 1}`, part]) : [[head, column]]
}

// A column with several values at one place, as several columns with one.
function split({ x, y }) {
  const parts = []
  const seen = new Map()
  x.forEach((v, k) => {
    const i = seen.get(v) ?? 0
    seen.set(v, i + 1)
    parts[i] ??= { x: [], y: [] }
    parts[i].x.push(v)
    parts[i].y.push(y[k])
  })
  return parts
}

function curves(template, columns) {
  const { title, tickvals = [], ticktext = [] } = template.figure.layout.xaxis
  const shown = new Map(tickvals.map((v, i) => [v, plain(ticktext[i])]))
  const all = template.bindings.flatMap((b, i) => named(b, columns[i], template))
  const at = new Map()
  all.forEach(([, { x, y }], i) => x.forEach((v, k) => {
    if (!at.has(v)) at.set(v, new Array(all.length).fill(null))
    at.get(v)[i] = y[k]
  }))
  return { head: [plain(title.text), ...all.map(([name]) => name)],
    rows: [...at.entries()].sort((a, b) => a[0] - b[0]).map(([v, values]) => [shown.get(v) ?? v, ...values]) }
}

function matrix({ data, layout }, binding, view) {
  const trace = data[binding.trace]
  const [name] = binding.source
  const counts = view.get(name)
  const size = counts ? view.shape(name)[1] : 0
  const names = trace.customdata ? trace.customdata[0].map((pair) => plain(pair[1])) : []
  return { head: [corner(layout), ...names], rows: names.map((n, i) => [n, ...(counts?.subarray(i * size, (i + 1) * size) ?? [])]) }
}

// Which words stand down the side, and which along the top.
const corner = ({ xaxis, yaxis }) => [yaxis, xaxis].map((axis) => plain(axis?.title?.text)).filter(Boolean).join(" \\ ")

function surface({ source, options }, view, layout) {
  const values = view.get(source[0])
  if (!values) return { head: [], rows: [] }
  const [rows, columns] = view.shape(source[0])
  const [left, right, bottom, top] = options.domain
  const place = (i, n, from, to) => Number((from + ((to - from) * i) / (n - 1)).toFixed(2))
  const value = (v) => (source.length > 1 ? options.classes[v] : Number((options.lo + (v / 255) * (options.hi - options.lo)).toFixed(3)))
  const across = (make) => Array.from({ length: columns }, (_, j) => make(j))
  return { head: [corner(layout), ...across((j) => place(j, columns, left, right))],
    rows: Array.from({ length: rows }, (_, i) => [place(i, rows, bottom, top), ...across((j) => value(values[i * columns + j]))]) }
}

function weights(options, view, words) {
  const answer = options.hint && view.get("answer") // of maps: what they lead to
  if (answer) return { head: ["#", "p"], rows: Array.from(answer, (p, i) => [options.names.at(i - answer.length), p]) }
  const rows = []
  for (let layer = 0; view.has ? view.has(`w${layer}`) : view.get(`w${layer}`); layer++) {
    const w = view.get(`w${layer}`)
    const [from, to] = view.shape(`w${layer}`)
    for (let i = 0; i < from; i++) for (let j = 0; j < to; j++) rows.push([layer + 1, i + 1, j + 1, w[i * to + j]])
    const b = view.get(`b${layer}`)
    for (let j = 0; b && j < to; j++) rows.push([layer + 1, words.bias_term, j + 1, b[j]])
  }
  return { head: [words.layer, words.from, words.to, words.weight], rows }
}

// Of pictures what stands below each, then its numbers, row by row.
function pictures({ source: [name], options }, view) {
  const values = view.get(name)
  if (!values) return { head: [], rows: [] }
  const [count, ...shape] = view.shape(name)
  const size = shape.reduce((a, b) => a * b, 1)
  const said = Object.entries(options.values)
  const words = ([key, array], i) => {
    const value = view.get(array)?.[i]
    return options.named.includes(key) ? options.classes[value] : value
  }
  return { head: ["#", ...said.map(([key]) => key), ...Array.from({ length: size }, (_, k) => k + 1)],
    rows: Array.from({ length: count }, (_, i) => [i + 1, ...said.map((pair) => words(pair, i)), ...values.subarray(i * size, (i + 1) * size)]) }
}

// A row for every unit, a column for every step.
function states({ blocks, steps, symbols }, view) {
  const rows = blocks.flatMap((b) => {
    const values = view.get(b.array)
    const width = view.shape(b.array)?.[1] ?? 1
    const name = (k) => (Array.isArray(b.each) ? `${b.name} ${b.each[k]}` : b.each.replace("{k}", k + 1))
    return values ? Array.from({ length: width }, (_, k) => [name(k), ...Array.from({ length: steps }, (_, t) => values[t * width + k])]) : []
  })
  const tokens = symbols.length && view.get("tokens")
  if (tokens) rows.unshift(["", ...Array.from(tokens, (k) => symbols[k])])
  return { head: ["", ...Array.from({ length: steps }, (_, t) => t + 1)], rows }
}

function text({ source: [array], options }, view) {
  return { head: ["#", ""], rows: Array.from(view.get(array) ?? [], (k, i) => [i + 1, options.symbols[k]]) }
}

// Of every head a row for each place that looks, a column for each that is looked at.
function attention({ source, options }, view) {
  const n = view.shape(source[0])?.[1] ?? 0
  const rows = source.flatMap((name, l) => Array.from({ length: n ? options.heads * n : 0 }, (_, k) => [
    options.words.name.replace("{layer}", l + 1).replace("{head}", Math.floor(k / n) + 1), (k % n) + 1,
    ...view.get(name).subarray(k * n, (k + 1) * n)]))
  return { head: ["", "#", ...Array.from({ length: n }, (_, j) => j + 1)], rows }
}

// Of every place what is read, what the network answers, and what is right.
function answered({ options }, view) {
  const [truth, said] = [view.get("truth"), view.get("said")]
  const { words } = options
  return { head: ["#", words.lower, words.says, words.wanted], rows: Array.from(view.get("tokens") ?? [], (token, i) => {
    const asked = truth?.[i] >= 0
    return [i + 1, options.symbols[token], asked ? options.answers[said[i]] : null, asked ? options.answers[truth[i]] : null]
  }) }
}

// Real points and fakes side by side.
function clouds(parts, view) {
  const both = ["real", "fake"]
  const length = Math.max(...both.map((name) => (view.get(name)?.length ?? 0) / 2))
  return { head: ["#", ...both.flatMap((name) => [`${parts[name]} x₁`, `${parts[name]} x₂`])],
    rows: Array.from({ length }, (_, i) => [i + 1, ...both.flatMap((name) => [view.get(name)?.[2 * i] ?? null, view.get(name)?.[2 * i + 1] ?? null])]) }
}

function cloud(bindings, { data, layout }, view) {
  const [places, truth] = bindings[0].source.map((name) => view.get(name))
  const names = bindings.map((b) => plain(data[b.trace].name))
  return { head: [corner(layout) || "#", "x", "y"],
    rows: Array.from(truth ?? [], (k, i) => [names[k], places[2 * i], places[2 * i + 1]]) }
}

// As a file: commas between, quotes where they are needed, numbers as they are.
export function csv({ head, rows }) {
  const cell = (v) => (v === null || v === undefined ? "" : /[",\n]/.test(String(v)) ? `"${String(v).replace(/"/g, '""')}"` : String(v))
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n"
}
