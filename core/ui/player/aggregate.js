// Many runs as a few curves: the median and the band of those that share a setting. Pure.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const SUMMARIES = { median, low: (values) => Math.min(...values), high: (values) => Math.max(...values) }

// The last finite value of a metric, up to the epoch whose network the run has at its end; undefined if there is none.
export function last(run, metric) {
  const own = run.end?.epoch ?? Infinity
  for (let i = run.rows.length - 1; i >= 0; i--) {
    if (run.rows[i].epoch <= own && Number.isFinite(run.rows[i][metric])) return run.rows[i][metric]
  }
  return undefined
}

// What `Chart` asks of a run, answered for groups of runs. members: [{run, set, x}]; `of` finds a run by its key.
// A column is named "<set>:<summary>:<metric>", its x the epoch, or "<set>:<summary>:<metric>:x", its x that of the members
// and its y their last values; "<set>:<summary>:<metric>:rate" goes over the learning rates. The summary "each" gives every run's own value.
export class Aggregate {
  constructor(members, of, rates = []) {
    Object.assign(this, { members, of, rates, key: members.map((m) => m.run).join(" "), version: 0 })
  }

  get stamp() {
    return `${this.key} ${this.version}`
  }

  column(source) {
    const [set, summary, metric, over] = source.split(":")
    const members = this.members.filter((m) => String(m.set) === set)
    const groups = over === "x" ? this.#places(members, metric) : this.#epochs(members, metric)
    const entries = [...groups.entries()].sort((a, b) => a[0] - b[0])
    if (summary === "each") {
      return { x: entries.flatMap(([x, values]) => values.map(() => x)), y: entries.flatMap(([, values]) => values) }
    }
    return { x: entries.map(([x]) => (over === "rate" ? this.rates[x] : x)), y: entries.map(([, values]) => SUMMARIES[summary](values)) }
  }

  #places(members, metric) {
    const places = new Map()
    for (const m of members) {
      const run = this.of(m.run)
      const value = run?.end?.state === "finished" ? last(run, metric) : undefined
      if (value === undefined) continue
      if (!places.has(m.x)) places.set(m.x, [])
      places.get(m.x).push(value)
    }
    return places
  }

  // Runs that are not there yet have no say; those under way have one as far as they got.
  #epochs(members, metric) {
    const epochs = new Map()
    for (const m of members) {
      for (const row of this.of(m.run)?.rows ?? []) {
        if (!Number.isFinite(row[metric])) continue
        if (!epochs.has(row.epoch)) epochs.set(row.epoch, [])
        epochs.get(row.epoch).push(row[metric])
      }
    }
    return epochs
  }

  // How far it is: {done, total, failed}, and of each set the median of the last values: {"median_<set>_<metric>"}
  progress(metrics) {
    const ends = this.members.map((m) => this.of(m.run)?.end?.state)
    const values = { total: this.members.length, done: ends.filter(Boolean).length, failed: ends.filter((e) => e && e !== "finished").length }
    for (const set of new Set(this.members.map((m) => m.set))) {
      for (const metric of metrics) {
        const found = this.members.filter((m) => m.set === set).map((m) => this.of(m.run)).filter((run) => run?.end)
          .map((run) => last(run, metric)).filter((v) => v !== undefined)
        if (found.length) values[`median_${set}_${metric}`] = median(found)
      }
    }
    return values
  }
}
