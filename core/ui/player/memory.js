// What this browser keeps for its person, in its own storage: read once for the page, written when the page says so.

const NAME = "deep-learning-lab"
const NOBODY = "-" // before a name: it has no files (any more)
const RUNS = 60 // of one page's history; the twin of core/ui/memory.py
const OPENED = 200 // runs whose sealed test was opened; the same

// What is kept, with what a tab has changed: `base` is what its page said before and `mine` what it says now. An entry that is new or
// gone since is put in or taken out of `kept`, into which other tabs write too; of looks at a test set the new ones are added,
// and so are the runs that it was opened for.
export function merge(base, mine, kept) {
  const history = { ...kept.history }
  for (const page of Object.keys({ ...base.history, ...mine.history })) {
    const query = (e) => JSON.stringify(e.query)
    const [before, now] = [base, mine].map((m) => new Map((m.history?.[page] ?? []).map((e) => [query(e), e])))
    const changed = (e) => before.get(query(e))?.time !== now.get(query(e))?.time
    history[page] = [...[...now.values()].filter(changed), ...(history[page] ?? []).filter((e) => !changed(e))]
      .sort((a, b) => b.time - a.time).slice(0, RUNS)
  }
  const solved = { ...kept.solved }
  for (const [id, spec] of Object.entries(mine.solved ?? {})) if (!base.solved?.[id]) solved[id] = spec
  const looks = { ...kept.looks }
  for (const [split, count] of Object.entries(mine.looks ?? {})) {
    const more = count - (base.looks?.[split] ?? 0)
    if (more > 0) looks[split] = (looks[split] ?? 0) + more
  }
  const fresh = (mine.opened ?? []).filter((run) => !base.opened?.includes(run))
  const opened = [...new Set([...fresh, ...(kept.opened ?? [])])].slice(0, OPENED)
  return { history, solved, looks, opened }
}

let free = false // there was nothing to be heard, so that nothing can be lost
let said = null // what this tab's page has said last, or been told

// The text to keep when the page says `text` and `stored` is there.
function together(text, stored) {
  const [base, kept] = [said, stored].map(parse)
  try {
    return JSON.stringify(merge(base, JSON.parse(text), kept))
  } catch {
    return text // what was there was damaged
  }
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

// Whose the files are that this browser has brought. Returns the name that another tab has given it already, or "".
function name(cookie, owner) {
  try {
    const kept = document.cookie.split("; ").find((one) => one.startsWith(`${cookie}=`))?.slice(cookie.length + 1) ?? ""
    const leaves = owner.startsWith(NOBODY)
    if (leaves ? kept !== owner.slice(NOBODY.length) : kept) return leaves || kept === owner ? "" : kept
    document.cookie = `${cookie}=${leaves ? "" : owner}; path=/; max-age=${leaves ? 0 : 31_536_000}; SameSite=Lax`
  } catch {
    // a frame that may keep no cookies: the files are those of its session
  }
  return ""
}

export default async function (component) {
  const { role, text, heard, cookie, owner } = component.data
  try {
    const other = owner && name(cookie, owner)
    if (other) component.setStateValue("owner", other)
    const stored = localStorage.getItem(NAME)
    if (text === "") {
      localStorage.removeItem(NAME) // other tabs write only what is new in them, so that nothing comes back
      ;[free, said] = [true, null]
    } else if (role === "read") {
      free ||= !stored
      if (stored && !component.parentElement.told) {
        component.setStateValue("kept", stored)
        if (!heard) said = stored
      }
      component.parentElement.told = true
    } else if (text && text !== said && (heard || free)) {
      const all = together(text, stored)
      if (all !== stored) localStorage.setItem(NAME, all)
      said = text
    }
  } catch (error) {
    console.warn("memory: this browser keeps nothing:", error.message) // a private window, or no room left
  }
  return undefined
}
