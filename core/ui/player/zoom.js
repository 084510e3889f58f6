// The twin of drawing a box on a figure, for keyboards and fingers: nearer and farther by the card's menu, around what is marked.

// ---- pure

// A range around a place in it, shorter (factor < 1) or longer, within the whole range if there is one.
export function narrowed([low, high], at, factor, whole) {
  const centre = at >= Math.min(low, high) && at <= Math.max(low, high) ? at : (low + high) / 2
  const range = [centre - (centre - low) * factor, centre + (high - centre) * factor]
  if (!whole || factor <= 1) return range
  const [first, last] = [Math.min(...whole), Math.max(...whole)]
  return range.map((v) => Math.min(Math.max(v, first), last))
}

// What of some curves lies over a range of x: the range of their values there, with a little room; null if nothing does. An axis may be
// logarithmic: then its range is one of exponents.
export function seen(columns, [low, high], log = { x: false, y: false }) {
  const place = (v) => (log.x ? Math.log10(v) : v)
  const values = columns.flatMap(({ x, y }) => y.filter((v, i) => place(x[i]) >= low && place(x[i]) <= high))
    .map((v) => (log.y ? Math.log10(v) : v)).filter(Number.isFinite)
  if (!values.length) return null
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const room = (most - least) * 0.06 || Math.abs(most) * 0.05 || 0.05
  return [least - room, most + room]
}

// ---- a figure

export function zooms(chart) {
  return chart.mounted && chart.gd._fullLayout.dragmode === "zoom" && chart.area && !chart.gd._fullLayout.xaxis.fixedrange
}

export function zoom(chart, factor) {
  const { gd } = chart
  const { xaxis, yaxis } = gd._fullLayout
  const made = chart.template.figure.layout // whose ranges are the whole figure, where it has any
  const [x, y] = chart.heat ? chart.point ?? [NaN, NaN] : [chart.epoch, NaN]
  const across = narrowed(xaxis.range, x, factor, made.xaxis?.range)
  const up = chart.curves.length ? seen(chart.columns(), across, { x: xaxis.type === "log", y: yaxis.type === "log" }) : null
  chart.tools.Plotly.relayout(gd, { "xaxis.range": across, "yaxis.range": up ?? narrowed(yaxis.range, y, factor, made.yaxis?.range) })
}

// Whether it shows another part than it was made to show.
export function zoomed(chart) {
  const made = chart.template.figure.layout
  return ["xaxis", "yaxis"].some((name) => {
    const axis = chart.gd._fullLayout[name]
    const range = made[name]?.range
    return range ? range.some((v, i) => axis.range[i] !== v) : !axis.autorange
  })
}

// As the figure was made; an axis without a range of its own fits what is drawn.
export function whole(chart) {
  const update = {}
  for (const name of ["xaxis", "yaxis"]) {
    const range = chart.template.figure.layout[name]?.range
    if (range) update[`${name}.range`] = [...range]
    else update[`${name}.autorange`] = true
  }
  chart.tools.Plotly.relayout(chart.gd, update)
}
