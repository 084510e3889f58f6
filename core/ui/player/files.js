// What the player needs beside its own code: plotly.js and the style sheet, loaded once for all visits to pages.

// The page's head may have begun to load it (core/runs/shell.py).
function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const begun = attributes.src && [...document.scripts].find((s) => s.src === attributes.src)
    const element = begun ?? Object.assign(document.createElement(tag), attributes)
    element.addEventListener("load", resolve)
    element.onerror = () => {
      element.remove()
      reject(new Error(`could not load ${attributes.src ?? attributes.href}`))
    }
    if (!begun) document.head.append(element)
  })
}

// The address that our server's routes stand under.
export function address(data) {
  return new URL(`${data.base}/`, location.origin).href.replace(/\/$/, "")
}

let loading = null

export function prepare(data, version) {
  const base = address(data)
  loading ??= Promise.all([
    window.Plotly ?? load("script", { src: `${base}/assets/plotly.min.js?v=${data.plotly}` }),
    load("link", { rel: "stylesheet", href: `${base}/assets/player.css${version}` }),
  ]).catch((error) => {
    loading = null
    throw error
  })
  return loading
}
