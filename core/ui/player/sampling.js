// How the next symbol is drawn from a network's logits: temperature, then the k likeliest, then as few as hold the share p. Pure.

export const PLAIN = { temperature: 1, k: 0, p: 1 } // k = 0: all

// Probabilities of all symbols. logits: numbers; k: so many at most, 0 for all; p: the fewest likeliest that hold this share.
export function chances(logits, { temperature, k, p } = PLAIN) {
  const scaled = Array.from(logits, (v) => v / temperature)
  const most = Math.max(...scaled)
  let found = normal(scaled.map((v) => Math.exp(v - most)))
  const order = found.map((_, i) => i).sort((a, b) => found[b] - found[a] || a - b)
  if (k > 0 && k < found.length) found = kept(found, order.slice(0, k))
  if (p < 1) {
    let held = 0
    const few = order.filter((i) => {
      const wanted = held < p && found[i] > 0
      held += found[i]
      return wanted
    })
    found = kept(found, few)
  }
  return found
}

const normal = (values) => {
  const total = values.reduce((a, b) => a + b, 0)
  return values.map((v) => v / total)
}

function kept(values, which) {
  const set = new Set(which)
  return normal(values.map((v, i) => (set.has(i) ? v : 0)))
}

// The symbol that a number from 0 to 1 stands for.
export function drawn(found, u) {
  let held = 0
  for (let i = 0; i < found.length; i++) {
    held += found[i]
    if (u < held) return i
  }
  return found.reduce((best, v, i) => (v > found[best] ? i : best), 0)
}

// Numbers from 0 to 1 that only follow from a seed and a place (mulberry32).
export function chance(seed, place) {
  let t = (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(place + 1, 0x6d2b79f5)) >>> 0
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

// A number that draws just this symbol, at this share of the room that it has: who has such numbers can draw a text once more with the same
// luck, and it stays as it is while nothing is changed.
export function luck(logits, symbol, how, share) {
  const found = chances(logits, how)
  return found.slice(0, symbol).reduce((a, b) => a + b, 0) + found[symbol] * share
}

// A text drawn once more, with other settings: the place of the first symbol that comes out otherwise, and that symbol; null if none does.
// rows: the logits that each was drawn from; lucks: the numbers that drew them.
export function again(text, rows, lucks, how) {
  for (let i = 0; i < text.length; i++) {
    const next = drawn(chances(rows[i], how), lucks[i])
    if (next !== text[i]) return { i, next }
  }
  return null
}

// The likeliest symbols: [{symbol, own, p}], own the network's own probability, p that after the settings. At most `most`.
export function likeliest(logits, how, most) {
  const own = chances(logits)
  const p = chances(logits, how)
  return own.map((value, symbol) => ({ symbol, own: value, p: p[symbol] })).sort((a, b) => b.own - a.own || a.symbol - b.symbol).slice(0, most)
}
