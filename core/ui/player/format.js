// Numbers and sentences in the page's language. Templates are Python's: "epoch {epoch} of {total:.2f}".

const DASH = "–"
const makers = new Map()

function maker(language, options) {
  const key = language + JSON.stringify(options)
  if (!makers.has(key)) makers.set(key, new Intl.NumberFormat(language, options))
  return makers.get(key)
}

// Format a number by a Python format spec: .2f, .3g, .0%, d, or nothing.
export function number(value, spec, language = "en") {
  if (value === null || value === undefined || Number.isNaN(value)) return DASH
  if (typeof value !== "number") return String(value)
  const match = /^(?:\.(\d+))?([fg%d])?$/.exec(spec ?? "")
  const digits = match?.[1] === undefined ? undefined : Number(match[1])
  const kind = match?.[2]
  let options = { maximumFractionDigits: 4 }
  if (kind === "f") options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  else if (kind === "g") {
    options = { maximumSignificantDigits: digits ?? 3 }
    if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)) options.notation = "scientific"
  } else if (kind === "%") options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }
  else if (kind === "d") options = { maximumFractionDigits: 0 }
  const text = maker(language, { ...options, signDisplay: "negative" }).format(value) // no "-0.00"
  return text.replace(/^-/, "−") // a true minus sign, as wide as the plus
}

export function fill(template, values, language = "en") {
  return template.replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, spec) => number(values[name], spec, language))
}
