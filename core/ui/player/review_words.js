// A text and the words that a network read of it: where each stands, and what the text is after a change. Pure.

const WORD = /[\p{L}\p{N}]/u

const STRIPPED = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~'’‘]/g

// [start, end] of each token of a text, without the punctuation around it: the twin of `placed` in core/data/words.py. how: "words" or
// "characters".
export function places(text, how) {
  const found = []
  for (const match of text.matchAll(how === "words" ? /[^ \t\n\r\f\v]+/g : /[^]/gu)) {
    const [piece] = match
    if (!piece.replace(STRIPPED, "")) continue
    const first = Math.max(piece.search(WORD), 0)
    const rest = WORD.test(piece) ? /[^\p{L}\p{N}]*$/u.exec(piece)[0].length : 0
    found.push([match.index + first, match.index + piece.length - rest])
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
  spots.forEach((spot, token) => {
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

const DENIAL = /[不没]/u

// [start, end] of the word that a character of Chinese belongs to, where the browser knows its words; a denial is a word of its own.
export function wordAt(text, [start, end]) {
  const pressed = text.slice(start, end)
  if (!/\p{Script=Han}/u.test(pressed) || DENIAL.test(pressed) || !Intl.Segmenter) return [start, end]
  const { segment, index } = new Intl.Segmenter("zh", { granularity: "word" }).segment(text).containing(start)
  const word = [...segment]
  const first = DENIAL.test(word[0]) ? 1 : 0
  const last = DENIAL.test(word.at(-1)) ? 1 : 0
  return [index + first, index + segment.length - last]
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
