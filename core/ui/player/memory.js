// What this browser keeps for its person, in its own storage: read once for the page, written when the page says so.

const NAME = "deep-learning-lab"
const RUNS = 60 // of one page's history; the twin of core/ui/memory.py

// What two tabs know, as one: every run once, the newest first; every solved challenge; of looks at a test set the larger count.
export function merge(mine, theirs) {
  const history = { ...theirs.history }
  for (const [page, entries] of Object.entries(mine.history ?? {})) {
    const known = new Set(entries.map((e) => JSON.stringify(e.query)))
    const others = (history[page] ?? []).filter((e) => !known.has(JSON.stringify(e.query)))
    history[page] = [...entries, ...others].sort((a, b) => b.time - a.time).slice(0, RUNS)
  }
  const looks = { ...theirs.looks }
  for (const [split, count] of Object.entries(mine.looks ?? {})) looks[split] = Math.max(count, looks[split] ?? 0)
  return { history, solved: { ...theirs.solved, ...mine.solved }, looks }
}

let free = false // there was nothing to be heard, so that nothing can be lost
let last = null // what this tab has written or read
let foreign = null // what others have written since

// The text to keep when the page says `text` and `stored` is there.
function together(text, stored) {
  try {
    if (stored && stored !== last) foreign = merge(foreign ?? {}, JSON.parse(stored))
    return foreign ? JSON.stringify(merge(JSON.parse(text), foreign)) : text
  } catch {
    return text // what was there was damaged
  }
}

export default async function (component) {
  const { role, text, heard } = component.data
  try {
    const stored = localStorage.getItem(NAME)
    if (text === "") {
      localStorage.removeItem(NAME)
      ;[free, last, foreign] = [true, null, null]
    } else if (role === "read") {
      if (!component.parentElement.told) last = stored
      free ||= !stored
      if (stored && !component.parentElement.told) component.setStateValue("kept", stored)
      component.parentElement.told = true
    } else if (text && (heard || free)) {
      const all = together(text, stored)
      if (all !== stored) localStorage.setItem(NAME, all)
      last = all
    }
  } catch (error) {
    console.warn("memory: this browser keeps nothing:", error.message) // a private window, or no room left
  }
  return undefined
}
