// A run's state in a word, and in the page's language.

export function name(run) {
  return run.end?.state ?? run.status?.state ?? (run.frames.length ? "training" : "starting")
}

export function state(run, connection, strings, language, format) {
  const say = (id, values = {}) => format.fill(strings.states[id] ?? id, values, language)
  if (!run.end && connection !== "open") return say(connection)
  const { place, seconds } = run.status ?? {}
  if (!run.end && run.status?.state === "queued") {
    return say(!place ? "queued" : !seconds ? "queued_place" : "queued_seconds", { place, seconds })
  }
  return say(name(run))
}
