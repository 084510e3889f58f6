// The theme's colours: which of the two tables applies, and "theme:<token>" replaced by what it stands for.

const PREFIX = "theme:"

export function parse(colour) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim())
  if (hex) {
    const digits = hex[1].length === 3 ? [...hex[1]].map((d) => d + d).join("") : hex[1]
    return [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16))
  }
  const rgb = /^rgba?\(([^)]+)\)/.exec(colour.trim())
  return rgb ? rgb[1].split(/[\s,/]+/).slice(0, 3).map(Number) : [255, 255, 255]
}

export function isDark(background) {
  const [r, g, b] = parse(background)
  return 0.299 * r + 0.587 * g + 0.114 * b < 128
}

// Of the two tables of colours the one that goes with the page's background at this element.
export function tokens(element, tables) {
  const background = getComputedStyle(element).getPropertyValue("--st-background-color") || "#fff"
  return tables[isDark(background) ? "dark" : "light"]
}

// A copy of a figure (or a part of one) in this theme's colours.
export function resolve(value, tokens) {
  if (typeof value === "string") return value.startsWith(PREFIX) ? tokens[value.slice(PREFIX.length)] : value
  if (Array.isArray(value)) return value.map((v) => resolve(v, tokens))
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v, tokens)]))
  }
  return value
}

// A colour scale [[0, colour], …, [1, colour]] as a table of `size` packed pixels (little-endian RGBA).
export function table(scale, size = 256) {
  const stops = scale.map(([at, colour]) => [at, parse(colour)])
  const out = new Uint32Array(size)
  let s = 0
  for (let i = 0; i < size; i++) {
    const t = (i + 0.5) / size
    while (s < stops.length - 2 && t > stops[s + 1][0]) s++
    const [[from, a], [to, b]] = [stops[s], stops[s + 1]]
    const share = to > from ? Math.min(Math.max((t - from) / (to - from), 0), 1) : 1
    const [r, g, blue] = a.map((v, k) => Math.round(v + (b[k] - v) * share))
    out[i] = (255 << 24) | (blue << 16) | (g << 8) | r
  }
  return out
}
