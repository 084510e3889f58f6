// Words of a review: found where they stand, and changed there.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { looks, negated, pieces, places, strengths, swapped, without, wordAt } from "../../core/ui/player/review_words.js"

test("words are found where Python finds them, without the punctuation around them", () => {
  const at = (text, how) => places(text, how).map(([a, b]) => text.slice(a, b))
  assert.deepEqual(at("😀 Don’t (“go”), - now!", "words"), ["😀", "Don’t", "go", "now"])
  assert.deepEqual(at("不好，a", "characters"), ["不", "好", "，", "a"])
  for (const { text, how, found } of JSON.parse(readFileSync(`${process.env.PLAYER_FIXTURES}/places.json`, "utf8"))) {
    assert.equal(places(text, how).length, found.length, text)
    places(text, how).forEach(([a, b], i) => {
      const [start, end] = found[i].map((n) => Array.from(text).slice(0, n).join("").length) // Python counts characters
      assert.ok(start <= a && b <= end && a < b, text)
    })
  }
})

test("the pieces are the whole text; words that were not read are told from what is between them", () => {
  const text = "good film, good end!"
  const shown = pieces(text, [[11, 15], [16, 20]])
  assert.equal(shown.map((p) => p.text).join(""), text)
  assert.deepEqual(shown.map((p) => [p.text, p.token, p.unread]), [["good film, ", -1, true], ["good", 0, false], [" ", -1, false], ["end!", 1, false]])
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

test("where a token is a character, its word is changed; a denial is one of its own", () => {
  const text = "演员并不出色。我很喜欢音乐。"
  const word = (character) => text.slice(...wordAt(text, [text.indexOf(character), text.indexOf(character) + 1]))
  assert.deepEqual(["色", "不", "并", "乐", "。"].map(word), ["出色", "不", "并", "音乐", "。"])
  assert.equal(negated(text, wordAt(text, [text.indexOf("色"), text.indexOf("色") + 1])), "演员并出色。我很喜欢音乐。")
  assert.deepEqual(wordAt("a brilliant film", [2, 11]), [2, 11])
})

test("colours go by the strongest word, and stay pale where none is strong", () => {
  assert.deepEqual(strengths([2, -4, 0]), [0.5, -1, 0])
  assert.deepEqual(strengths([0.1]), [0.2])
})

test("whom a head looks at is its row, or the mean of all", () => {
  const a = new Float32Array([1, 0, 0.5, 0.5, 0, 1, 1, 0])
  assert.deepEqual(looks(a, [2, 2, 2], 1, 1), [1, 0])
  assert.deepEqual(looks(a, [2, 2, 2], 0, -1), [0.75, 0.25])
})
