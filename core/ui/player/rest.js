// Tell the page something once it is at rest. A rerun carries the values of all widgets: asked for while the page's script
// still runs, it would bring values from before that script set them, and undo what it did. Asked for while the person goes to
// another page, it would empty that page, or the click would be lost: Streamlit takes it for one more run of the page that is left.

const LEAVING_MS = 5000 // longer than any page takes to come; if none has come by then, this one stays

let left = -Infinity // when the person last went to another page, by a link or back in the browser's history
let from = null // the path of the page that a link led away from
let path = globalThis.location?.pathname // of the page that the person last did something on

export function leads(event, here) {
  const link = event.target?.closest?.("a[href]")
  const aside = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || link?.target === "_blank"
  return Boolean(link) && !aside && link.origin === here.origin && link.pathname !== here.pathname
}

globalThis.document?.addEventListener("click", (event) => {
  if (leads(event, window.location)) [left, from] = [performance.now(), window.location.pathname]
}, true)

for (const gesture of ["pointerdown", "keydown"]) {
  globalThis.document?.addEventListener(gesture, () => { path = window.location.pathname }, true)
}

globalThis.window?.addEventListener("popstate", () => {
  if (window.location.pathname !== path) [left, from] = [performance.now(), null]
  path = window.location.pathname
})

export function atRest(root, tell) {
  const arrived = () => from !== null && window.location.pathname !== from // the address changes when the page has come
  const leaving = () => performance.now() - left < LEAVING_MS && !arrived()
  const resting = () => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning" && !leaving()
  let quiet = 0
  const look = () => {
    if (!root.isConnected) return
    path = window.location.pathname
    quiet = resting() ? quiet + 1 : 0
    if (quiet >= 3) tell()
    else setTimeout(look, 40)
  }
  look()
}
