// The rows of several runs down one stream: those pinned beside the page's run, or a group of seeds.

export class Many {
  // tools: {records, streams} modules; changed() after every batch; ended(keys) when runs have ended
  constructor(base, tools, changed, ended = () => {}) {
    Object.assign(this, { base, tools, changed, ended, runs: new Map(), version: 0, open: "" })
  }

  // Follow these runs, and no others; what is known of one already is kept.
  // arrays: which of their pictures' arrays are wanted, too.
  want(keys, metrics, arrays = []) {
    for (const key of this.runs.keys()) if (!keys.includes(key)) this.runs.delete(key)
    const missing = keys.filter((key) => !this.runs.get(key)?.end)
    const open = JSON.stringify([missing, metrics, arrays])
    if (open === this.open) return
    this.open = open
    this.close()
    this.version++
    if (!missing.length) return
    for (const key of missing) this.runs.set(key, new this.tools.records.Run(key))
    this.abort = new AbortController()
    const feed = {
      key: missing.join(" "),
      lastEpoch: -1, // after a break all rows come again, and are merged
      get end() { return missing.every((key) => this.of(key)?.end) },
      of: (key) => this.runs.get(key),
      add: (record) => this.#add(record),
    }
    const list = (names) => names.map(encodeURIComponent).join(",")
    const url = `${this.base}/rows/${missing.join(",")}?metrics=${list(metrics)}${arrays.length ? `&arrays=${list(arrays)}` : ""}`
    this.tools.streams.follow(url, feed, this.tools.records.Reader, this.abort.signal, {
      records: () => this.changed(), connection: () => {} })
  }

  #add(record) {
    const run = this.runs.get(record.run)
    if (!run || run.end) return
    run.add(record)
    this.version++
    if (run.end) this.ended(this.done)
  }

  of(key) {
    return this.runs.get(key)
  }

  get done() {
    return [...this.runs.values()].filter((run) => run.end).map((run) => run.key)
  }

  close() {
    this.abort?.abort()
    this.abort = null
  }
}
