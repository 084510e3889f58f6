// The numbers behind a figure, as a table. Pure.

const plain = (text) => String(text ?? "").replace(/<[^>]*>/g, "")

// template: as the player has it; view: the arrays of the frame; columns: of its curves, {x, y} each. Returns {head, rows}.
export function tableOf(template, view, columns, words) {
  const { bindings, figure } = template
  const kind = bindings[0]?.kind
  if (kind === "curve") return curves(template, columns)
  if (kind === "matrix") return matrix(figure.data[bindings[0].trace], view, bindings[0].source[0])
  if (kind === "heatmap") return surface(bindings[0], view, figure.layout)
  if (kind === "network") return weights(bindings[0].options, view, words)
  return { head: [], rows: [] }
}

function curves({ bindings, figure }, columns) {
  const named = bindings.map((b, i) => [plain(figure.data[b.trace].name), columns[i]]).filter(([name]) => name)
  const at = new Map()
  named.forEach(([, { x, y }], i) => x.forEach((v, k) => {
    if (!at.has(v)) at.set(v, new Array(named.length).fill(null))
    at.get(v)[i] = y[k]
  }))
  return { head: [plain(figure.layout.xaxis.title.text), ...named.map(([name]) => name)],
    rows: [...at.entries()].sort((a, b) => a[0] - b[0]).map(([v, values]) => [v, ...values]) }
}

function matrix(trace, view, name) {
  const counts = view.get(name)
  const size = counts ? view.shape(name)[1] : 0
  const names = trace.customdata ? trace.customdata[0].map((pair) => plain(pair[1])) : []
  return { head: ["", ...names], rows: names.map((n, i) => [n, ...(counts?.subarray(i * size, (i + 1) * size) ?? [])]) }
}

function surface({ source, options }, view, layout) {
  const values = view.get(source[0])
  if (!values) return { head: [], rows: [] }
  const [rows, columns] = view.shape(source[0])
  const [left, right, bottom, top] = options.domain
  const place = (i, n, from, to) => Number((from + ((to - from) * i) / (n - 1)).toFixed(2))
  const value = (v) => (source.length > 1 ? options.classes[v] : Number((options.lo + (v / 255) * (options.hi - options.lo)).toFixed(3)))
  const across = (make) => Array.from({ length: columns }, (_, j) => make(j))
  return { head: [`${plain(layout.yaxis.title.text)} \\ ${plain(layout.xaxis.title.text)}`, ...across((j) => place(j, columns, left, right))],
    rows: Array.from({ length: rows }, (_, i) => [place(i, rows, bottom, top), ...across((j) => value(values[i * columns + j]))]) }
}

function weights(options, view, words) {
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

// As a file: commas between, quotes where they are needed, numbers as they are.
export function csv({ head, rows }) {
  const cell = (v) => (v === null || v === undefined ? "" : /[",\n]/.test(String(v)) ? `"${String(v).replace(/"/g, '""')}"` : String(v))
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n"
}
