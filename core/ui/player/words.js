// A run's state in a word, and in the page's language.

export function name(run) {
  return run.end?.state ?? run.status?.state ?? (run.frames.length ? "training" : "starting")
}

const EAGER = 16 // steps that may be taken one by one, before they are traced: they say nothing of the others
const LONG_S = 10 // a run shorter than this ends before anybody has read how far it is

// How far a long run is: the batch that its newest frame has seen of how many, and the seconds that it will take from there; null for a
// short one, one that is over, and one of which nothing is known.
export function progress(run, epochs, steps) {
  const [first, last] = [run.frames[0], run.frames.at(-1)]
  if (run.end || !steps || !last || (run.status && run.status.state !== "resumed")) return null // a run that waits gets no further
  const begin = first.epoch ? first : { epoch: 0, step: 0, seconds: 0 } // the frame of epoch 0 moves on while the first epoch lasts
  if (last.step - begin.step <= EAGER) return null
  const batch = Math.min(Math.max(last.step - begin.step - (last.epoch - begin.epoch) * steps, 0), steps)
  const left = (epochs - last.epoch) * steps - batch
  const seconds = (left * (last.seconds - begin.seconds)) / (last.step - begin.step)
  return seconds + last.seconds < LONG_S ? null : { batch, steps, seconds }
}

// A time in words: "40 s", "3 min".
export function time(seconds, strings, language, format) {
  return seconds < 90 ? format.fill(strings.seconds, { n: Math.max(Math.round(seconds), 1) }, language)
    : format.fill(strings.minutes, { n: Math.round(seconds / 60) }, language)
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
