// How a player or a board comes onto the page: one for each place, found again at every rerun, taken down when it has left the page.

// Kind: new Kind(component) with take(component), destroy() and, once destroyed, `gone`; prepare(data): a promise of what it needs.
export function mounting(Kind, prepare) {
  const here = new WeakMap() // parent element -> its player or board
  const newest = new WeakMap() // parent element -> the component that was called for it last
  return async function (component) {
    const parent = component.parentElement
    newest.set(parent, component)
    await prepare(component.data)
    if (newest.get(parent) !== component) return undefined // overtaken by a newer one while plotly loaded
    let one = here.get(parent)
    if (!one || one.gone) here.set(parent, (one = new Kind(component)))
    one.take(component)
    // Streamlit also calls this when a newer call overtakes this one: only what has left the page is taken down
    return () => setTimeout(() => parent.isConnected || one.destroy())
  }
}
