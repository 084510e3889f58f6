// What every card offers besides its figure: a closer look, the numbers as a table, and the figure as a file.

const { make } = await import(`./elements.js${new URL(import.meta.url).search}`)

const MOST = 2001 // rows of a table on screen; the file has all
const DOTS = [4, 10, 16].map((x) => `<circle cx="${x}" cy="10" r="1.7"/>`).join("")
const ICON = `<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">${DOTS}</svg>`

// Puts a menu on a chart's card. tables, zooms: the modules; strings(): the words, in the page's language.
export function addMenu(chart, { tables, zooms }, strings) {
  const box = make("div", "dl-menu", chart.card)
  const button = make("button", "dl-dots", box)
  button.type = "button"
  button.innerHTML = ICON
  const name = () => {
    button.title = strings().card
    button.setAttribute("aria-label", [strings().card, chart.shownTitle].filter(Boolean).join(": "))
  }
  name()
  button.addEventListener("pointerenter", name)
  button.addEventListener("focus", name)
  button.setAttribute("aria-haspopup", "menu")
  let list = null
  const close = () => {
    list?.remove()
    list = null
    button.setAttribute("aria-expanded", "false")
    document.removeEventListener("pointerdown", outside, true)
  }
  const outside = (event) => box.contains(event.target) || close()
  const open = () => {
    list = make("div", "dl-list", box)
    list.setAttribute("role", "menu")
    const item = (text, act, stays = false) => {
      const b = make("button", "", list, text)
      b.type = "button"
      b.setAttribute("role", "menuitem")
      b.addEventListener("click", () => {
        if (!stays) close()
        act()
      })
    }
    item(strings().table, () => showTable(chart, tables, strings()))
    item("PNG", () => save(chart, "png"))
    item("SVG", () => save(chart, "svg"))
    if (zooms.zooms(chart)) {
      item(strings().nearer, () => zooms.zoom(chart, 1 / 2), true)
      item(strings().farther, () => zooms.zoom(chart, 2), true)
      item(strings().whole, () => zooms.whole(chart), true)
    }
    button.setAttribute("aria-expanded", "true")
    document.addEventListener("pointerdown", outside, true)
    list.firstChild.focus()
  }
  button.addEventListener("click", () => (list ? close() : open()))
  box.addEventListener("focusout", (event) => list && event.relatedTarget && !box.contains(event.relatedTarget) && close())
  box.addEventListener("keydown", (event) => {
    if (!list) return
    const items = [...list.children]
    const at = items.indexOf(document.activeElement)
    if (event.key === "Escape") {
      close()
      button.focus()
    } else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus()
    else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
}

function showTable(chart, tables, words) {
  const found = tables.tableOf(chart.template, chart.seen?.view ?? { get: () => undefined }, chart.columns(), words)
  const dialog = make("dialog", "dl-dialog", document.body)
  const { style } = dialog
  style.background = chart.tokens.background
  style.color = chart.tokens.text
  style.borderColor = chart.tokens.border
  style.fontFamily = getComputedStyle(chart.card).fontFamily
  const head = make("div", "dl-dialog-head", dialog)
  make("strong", "", head, chart.shownTitle)
  const file = make("button", "", head, "CSV")
  file.addEventListener("click", () => download(new Blob(["\ufeff", tables.csv(found)], { type: "text/csv" }), `${chart.template.id}.csv`))
  const shut = make("button", "", head, words.close)
  shut.addEventListener("click", () => dialog.close())
  const scroll = make("div", "dl-dialog-body", dialog)
  scroll.tabIndex = 0
  const table = make("table", "", scroll)
  const row = (values, cell, parent) => {
    const tr = make("tr", "", parent)
    for (const v of values) make(cell, "", tr, typeof v === "number" ? String(Number(v.toPrecision(6))) : v ?? "–")
  }
  row(found.head, "th", make("thead", "", table))
  const body = make("tbody", "", table)
  for (const values of found.rows.slice(0, MOST)) row(values, "td", body)
  if (found.rows.length > MOST) make("p", "", scroll, `… ${found.rows.length - MOST}`)
  if (!found.rows.length) make("p", "", scroll, words.nothing)
  dialog.addEventListener("close", () => dialog.remove())
  dialog.showModal()
}

function download(blob, name) {
  const link = make("a", "", document.body)
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  link.remove()
}

// The whole figure: with what is painted beside Plotly as an image, and the names of lines as annotations.
function picture(chart) {
  const { tokens, template, gd, canvas, heat } = chart
  const painted = (heat ?? chart.net ?? chart.tiles)?.trace
  const data = gd.data.filter((_, i) => i !== painted)
  const { layout } = gd
  const axes = ["xaxis", "yaxis"].filter((name) => gd._fullLayout[name]) // a figure in space has none
    .map((name) => [name, { ...layout[name], range: gd._fullLayout[name].range, autorange: false }])
  const names = (chart.area ? chart.named() : []).map((l) => ({ xref: "paper", x: 1, xanchor: "left", yref: "paper", y: 1 - l.middle, yanchor: "middle",
    text: l.text, showarrow: false, font: { size: 11, color: chart.tools.theme.resolve(l.color, tokens) } }))
  const made = { ...layout, annotations: [...(layout.annotations ?? []), ...names], ...Object.fromEntries(axes),
    paper_bgcolor: tokens.background, title: { text: chart.shownTitle, x: 0.02, font: { size: 13, color: tokens.text } },
    margin: { ...layout.margin, t: layout.margin.t + 30 } }
  if (canvas) {
    const [left, right, bottom, top] = heat?.options.domain ?? []
    const place = heat ? { xref: "x", yref: "y", x: left, y: top, sizex: right - left, sizey: top - bottom, layer: "below" }
      : { xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1, layer: "above" }
    const opacity = Number(template.figure.data[painted].opacity ?? 1)
    made.images = [{ ...place, source: canvas.toDataURL(), sizing: "stretch", opacity: heat ? opacity : 1 }]
  }
  return { data, layout: made }
}

// The figure as it is on screen, painted parts and names of lines included.
export async function save(chart, format) {
  const { Plotly } = chart.tools
  const { data, layout } = picture(chart)
  const width = Math.max(chart.plot.clientWidth, 300)
  const height = chart.plot.clientHeight + 30
  const how = { format, width, height, scale: format === "png" ? 2 : 1 }
  const url = await Plotly.toImage({ data, layout: { ...layout, width, height } }, how)
  const blob = await (await fetch(url)).blob()
  download(blob, `${chart.template.id}.${format}`)
}
