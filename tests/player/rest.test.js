// Which clicks lead to another page of the dashboard.
import assert from "node:assert/strict"
import { test } from "node:test"
import { leads } from "../../core/ui/player/rest.js"

const here = new URL("http://lab.example/feedforward?seed=1")
const click = (href, more = {}, target = "") => {
  const link = href && { ...Object.fromEntries(["origin", "pathname"].map((name) => [name, new URL(href, here)[name]])), target }
  return { target: { closest: () => link }, button: 0, ...more }
}

test("a link to another page leads there; one within the page, to elsewhere or into a new tab does not", () => {
  assert.equal(leads(click("/"), here), true)
  assert.equal(leads(click("/optimizers?lang=zh"), here), true)
  assert.equal(leads(click("/feedforward?seed=2"), here), false)
  assert.equal(leads(click("#idea"), here), false)
  assert.equal(leads(click("https://arxiv.org/abs/1"), here), false)
  assert.equal(leads(click("/", { ctrlKey: true }), here), false)
  assert.equal(leads(click("/", { metaKey: true }), here), false)
  assert.equal(leads(click("/", { button: 1 }), here), false)
  assert.equal(leads(click("/", {}, "_blank"), here), false)
  assert.equal(leads(click(null), here), false)
  assert.equal(leads({ target: null, button: 0 }, here), false)
})
