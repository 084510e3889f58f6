// Tell the page something once it is at rest. A rerun carries the values of all widgets: asked for while the page's script
// still runs, it would bring values from before that script set them, and undo what it did.

export function atRest(root, tell) {
  const resting = () => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning"
  let quiet = 0
  const look = () => {
    quiet = resting() ? quiet + 1 : 0
    if (!root.isConnected) return
    if (quiet >= 3) tell()
    else setTimeout(look, 40)
  }
  look()
}
