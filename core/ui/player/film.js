// A film: what of a figure changes from step to step. Pure.

// What a track's attribute is at a place between two steps.
export function between(values, position, smooth) {
  const step = Math.min(Math.floor(position + 1e-9), values.length - 1)
  const share = position - step
  if (!smooth || share < 1e-6 || step + 1 >= values.length) return values[step]
  const mixed = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a + (b - a) * share
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return a.map((v, i) => mixed(v, b[i]))
    return a
  }
  return mixed(values[step], values[step + 1])
}

// What of a figure's traces changes at a place of the film: [[trace, attribute, value], …]. data: the traces as they were made.
// A figure's template as it is at a place of the film, so that it is drawn once.
export function at(template, film, position) {
  const tracks = film.tracks.filter((t) => t.figure === template.id)
  const title = film.titles[template.id]?.[Math.floor(position + 1e-9)] ?? template.title
  const data = [...template.figure.data]
  for (const [trace, name, value] of shots(tracks, template.figure.data, position)) {
    const path = name.split(".")
    const last = path.pop()
    let part = (data[trace] = { ...data[trace] })
    for (const step of path) part = part[step] = { ...part[step] }
    part[last] = value
  }
  return { ...template, title, figure: { ...template.figure, data } }
}

export function shots(tracks, data, position) {
  return tracks.flatMap((track) => {
    if (!track.reveal.length) {
      return Object.entries(track.values).map(([name, values]) => [track.trace, name, between(values, position, track.smooth)])
    }
    const count = Math.round(between(track.reveal, position, true))
    const trace = data[track.trace]
    return ["x", "y", "z", "text"].filter((name) => Array.isArray(trace[name])).map((name) => [track.trace, name, trace[name].slice(0, count)])
  })
}
