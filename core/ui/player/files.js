// What the player needs beside its own code: plotly.js and the style sheet, loaded once for all visits to pages.

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve })
    element.onerror = () => {
      element.remove()
      reject(new Error(`could not load ${attributes.src ?? attributes.href}`))
    }
    document.head.append(element)
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
