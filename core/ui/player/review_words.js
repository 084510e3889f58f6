// A text and the words that a network read of it: where each stands, and what the text is after a change. Pure.

// Texts that stand in one array of bytes, parted by a zero.
export function texts(bytes) {
  return bytes?.length ? new TextDecoder().decode(bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes)).split("\0") : []
}

const WORD = /[\p{L}\p{N}]/u

// Whether what stands at a place is this token, and not a part of a longer word. Of Chinese each character is a word.
function whole(text, start, end) {
  const joined = (a, b) => a && b && /[\p{L}\p{N}'’]/u.test(a) && /[\p{L}\p{N}'’]/u.test(b) && !/\p{Script=Han}/u.test(a + b)
  return !joined(text[start - 1], text[start]) && !joined(text[end - 1], text[end])
}

// [start, end] of each token in the text, null for one that is not found. Tokens are lower case and in order; those of a text whose
// beginning was cut off are looked for from its end.
export function places(text, tokens, fromEnd = false) {
  const lower = Array.from(text, (c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join("")
  const found = new Array(tokens.length).fill(null)
  let at = fromEnd ? text.length : 0
  for (let n = 0; n < tokens.length; n++) {
    const i = fromEnd ? tokens.length - 1 - n : n
    const token = tokens[i]
    let start = at
    if (!token) continue
    for (;;) {
      start = fromEnd ? (start - token.length < 0 ? -1 : lower.lastIndexOf(token, start - token.length)) : lower.indexOf(token, start)
      if (start < 0 || whole(text, start, start + token.length)) break
      start = fromEnd ? start + token.length - 1 : start + 1
    }
    if (start < 0) continue
    found[i] = [start, start + token.length]
    at = fromEnd ? start : start + token.length
  }
  return found
}

// The whole text in pieces, each with the number of its token, -1 for what is between them; unread: a piece with words in it that the
// network did not get.
export function pieces(text, spots) {
  const found = []
  let at = 0
  const between = (end) => {
    if (end > at) found.push({ text: text.slice(at, end), token: -1, unread: WORD.test(text.slice(at, end)) })
  }
  spots.map((spot, token) => ({ spot, token })).filter(({ spot }) => spot).sort((a, b) => a.spot[0] - b.spot[0]).forEach(({ spot, token }) => {
    between(spot[0])
    found.push({ text: text.slice(...spot), token, unread: false })
    at = spot[1]
  })
  between(text.length)
  return found
}

const tidy = (text) => text.replace(/ {2,}/g, " ").replace(/ +([,.;:!?])/g, "$1").trim()

export function without(text, [start, end]) {
  return tidy(text.slice(0, start) + text.slice(end))
}

export function swapped(text, [start, end], word) {
  return tidy(text.slice(0, start) + word + text.slice(end))
}

// The word with a “not” before it, or without the one that it has.
export function negated(text, [start, end]) {
  const before = text.slice(0, start)
  const word = text.slice(start, end)
  if (/\p{Script=Han}/u.test(word)) {
    return /[不没]$/u.test(before) ? before.slice(0, -1) + text.slice(start) : `${before}不${text.slice(start)}`
  }
  const not = /(^|\s)not\s+$/iu.exec(before)
  return not ? tidy(before.slice(0, not.index) + not[1] + text.slice(start)) : tidy(`${before}not ${text.slice(start)}`)
}

// How strongly each word is coloured, -1 … 1: by the greatest of them, and pale as a whole where none moves the answer much.
export function strengths(values, least = 0.5) {
  const most = values.reduce((a, v) => Math.max(a, Math.abs(v)), least)
  return Array.from(values, (v) => v / most)
}

// The row of a head's attention (heads, T, T) that says whom a token looks at; without a token the mean of all rows.
export function looks(attention, [, rows, columns], head, token) {
  const matrix = attention.subarray(head * rows * columns, (head + 1) * rows * columns)
  if (token >= 0) return Array.from(matrix.subarray(token * columns, (token + 1) * columns))
  return Array.from({ length: columns }, (_, k) => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += matrix[i * columns + k]
    return sum / rows
  })
}
