// Words of a review: found where they stand, and changed there.
import assert from "node:assert/strict"
import { test } from "node:test"
import { looks, negated, pieces, places, strengths, swapped, texts, without } from "../../core/ui/player/review_words.js"

test("words are found where they stand, whatever is between them, and not within longer ones", () => {
  const text = "An actor, in “The Art” of art: GOOD!"
  const tokens = ["an", "actor", "in", "the", "art", "of", "art", "good"]
  const found = places(text, tokens)
  assert.deepEqual(found.map(([a, b]) => text.slice(a, b).toLowerCase()), tokens)
  assert.deepEqual(pieces(text, found).map((p) => p.text).join(""), text)
  assert.ok(found.every((spot, i) => i === 0 || spot[0] >= found[i - 1][1]))
})

test("of a text whose beginning was cut off they are looked for from the end", () => {
  const text = "good film good end"
  assert.deepEqual(places(text, ["good", "end"], true), [[10, 14], [15, 18]])
  const shown = pieces(text, places(text, ["good", "end"], true))
  assert.deepEqual(shown.map((p) => [p.text, p.token, p.unread]), [["good film ", -1, true], ["good", 0, false], [" ", -1, false], ["end", 1, false]])
})

test("characters are tokens too", () => {
  const text = "不好看，好"
  assert.deepEqual(places(text, ["不", "好", "看", "好"]), [[0, 1], [1, 2], [2, 3], [4, 5]])
})

test("what is not there is no place, and loses none of the others", () => {
  assert.deepEqual(places("a b", ["a", "x", "b"]), [[0, 1], null, [2, 3]])
  assert.deepEqual(places("", ["a"], true), [null])
})

test("a word is taken out, swapped, negated, and negated twice is what it was", () => {
  const text = "The film was good, really."
  const at = [13, 17]
  assert.equal(without(text, at), "The film was, really.")
  assert.equal(swapped(text, at, "bad"), "The film was bad, really.")
  const no = negated(text, at)
  assert.equal(no, "The film was not good, really.")
  assert.equal(negated(no, [17, 21]), text)
  assert.equal(negated("这片好看", [2, 3]), "这片不好看")
  assert.equal(negated("这片不好看", [3, 4]), "这片好看")
  assert.equal(negated("knot good", [5, 9]), "knot not good")
})

test("colours go by the strongest word, and stay pale where none is strong", () => {
  assert.deepEqual(strengths([2, -4, 0]), [0.5, -1, 0])
  assert.deepEqual(strengths([0.1]), [0.2])
})

test("texts are parted by zeros, and whom a head looks at is its row", () => {
  assert.deepEqual(texts(new TextEncoder().encode("好\0b")), ["好", "b"])
  assert.deepEqual(texts(new Uint8Array()), [])
  const a = new Float32Array([1, 0, 0.5, 0.5, 0, 1, 1, 0])
  assert.deepEqual(looks(a, [2, 2, 2], 1, 1), [1, 0])
  assert.deepEqual(looks(a, [2, 2, 2], 0, -1), [0.75, 0.25])
})
