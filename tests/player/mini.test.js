// The small copy in the corner: a click brings its figure back, without motion for whoever wants none.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Mini } from "../../core/ui/player/mini.js"

test("a click scrolls to the figure, at once where motion is unwanted", () => {
  const clicks = []
  const element = () => ({ append() {}, setAttribute() {}, addEventListener: (_, heard) => clicks.push(heard) })
  globalThis.document = { createElement: element, body: element(), addEventListener() {} }
  globalThis.IntersectionObserver = class { observe() {} disconnect() {} }
  const mini = new Mini(() => {})
  const scrolled = []
  mini.follow({ card: { scrollIntoView: (how) => scrolled.push(how) } }, "", "")
  const [close, click] = clicks
  for (const matches of [false, true]) {
    globalThis.window = { matchMedia: (query) => ({ matches: matches && query.includes("prefers-reduced-motion: reduce") }) }
    click()
  }
  assert.deepEqual(scrolled, [{ behavior: "smooth", block: "center" }, { behavior: "auto", block: "center" }])
  close()
  assert.equal(mini.closed, true)
})
