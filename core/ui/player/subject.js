// What the network is asked about, and how it is changed: turned, shifted, made noisy (core/data/changes.py). Pure.

export const NONE = { turn: 0, right: 0, down: 0, noise: 0 }

// Whether an answer is about what is there now: this drawing (null for none), changed like this. Nothing asked yet is about nothing.
export function isAbout(about, drawing, change) {
  const { change: its = NONE } = about ?? {}
  return (about?.drawing ?? null) === drawing && Object.keys(NONE).every((name) => (its[name] ?? 0) === change[name])
}
export const RANGES = { turn: { min: -180, max: 180, step: 1 }, right: { min: -0.5, max: 0.5, step: 0.01 },
  down: { min: -0.5, max: 0.5, step: 0.01 }, noise: { min: 0, max: 1, step: 0.01 } }

export const isChanged = (change) => Object.values(change).some((v) => v !== 0)

// A value on its slider: within its range, and at one of its steps.
export function fitted(name, value) {
  const { min, max, step } = RANGES[name]
  const at = Math.round(value / step) * step
  return Number(Math.min(Math.max(at, min), max).toFixed(2)) || 0 // no -0
}

// The change after a drag by shares of the side.
export function shifted(change, right, down) {
  return { ...change, right: fitted("right", change.right + right), down: fitted("down", change.down + down) }
}

function rotated([x, y], degrees) {
  const [cos, sin] = [Math.cos, Math.sin].map((f) => f((degrees * Math.PI) / 180))
  return [0.5 + cos * (x - 0.5) - sin * (y - 0.5), 0.5 + sin * (x - 0.5) + cos * (y - 0.5)]
}

// Where a place of what is untouched (0 to 1) is to be seen once it is turned and shifted, and back.
export function placed(point, { turn, right, down }) {
  const [x, y] = rotated(point, turn)
  return [x + right, y + down]
}

export const unplaced = ([x, y], { turn, right, down }) => rotated([x - right, y - down], -turn)

// How the answer changes while one and the same thing is turned, shifted and disturbed. before: what this returned last, null at first;
// key: what is asked about; moved: what was changed last. Returns {key, first: the answer to what is untouched (or to what was asked first),
// said: the answer now, moved and value: where it became that, null where nothing did}.
export function followed(before, { key, said, change, moved }) {
  const same = before?.key === key
  const first = same && isChanged(change) ? before.first : said
  if (said === first) return { key, first, said, moved: null, value: null }
  if (same && before.said === said && before.moved) return { ...before, first }
  return { key, first, said, moved, value: change[moved] }
}

// Which of a page's words say that: shifts have a word for each direction, and are told without a sign.
export function told({ moved, value }) {
  const opposite = { right: "left", down: "up" }[moved]
  return opposite ? { word: value < 0 ? opposite : moved, value: Math.abs(value) } : { word: moved, value }
}

// Sends the latest of what comes quickly: at once if nothing is on its way, else as soon as that has arrived. Never more than one waits.
export class Latest {
  constructor(send, busy, every = 30, later = (act, ms) => setTimeout(act, ms)) {
    Object.assign(this, { send, busy, every, later, waits: false })
  }

  push() {
    if (this.waits) return
    if (!this.busy()) this.send()
    else {
      this.waits = true
      this.later(() => {
        this.waits = false
        this.push()
      }, this.every)
    }
  }
}
