// A figure on a phone: layout.meta.narrow says below how many pixels of width it is drawn otherwise, and how. Pure.

const nested = (value) => value !== null && typeof value === "object" && !Array.isArray(value)

function merged(old, more) {
  const both = { ...old }
  for (const [key, value] of Object.entries(more)) both[key] = nested(value) ? merged(old?.[key], value) : value
  return both
}

export const isNarrow = (layout, width) => width < (layout.meta?.narrow?.below ?? 0)

// The figure as it is drawn at this width. narrow.traces: what of a trace is another, by its index; narrow.layout: of the layout.
export function fitted(figure, width) {
  if (!isNarrow(figure.layout, width)) return figure
  const { traces = {}, layout = {} } = figure.layout.meta.narrow
  return { ...figure, data: figure.data.map((trace, i) => merged(trace, traces[i] ?? {})), layout: merged(figure.layout, layout) }
}
