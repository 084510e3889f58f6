// The page's line: what it tells the player ahead of its own elements. Open while the page is looked at.

const WAIT_MS = 2000

export class Line {
  // hear(data) is called with every new data of the page
  constructor(url, Reader, hear) {
    Object.assign(this, { url, Reader, hear, closed: false, abort: null })
    this.look = this.look.bind(this)
    document.addEventListener("visibilitychange", this.look)
    this.look()
  }

  // A browser opens six connections to a server: a tab in the background needs none.
  look() {
    if (document.visibilityState !== "visible") this.#hang()
    else if (!this.abort && !this.closed) this.#listen()
  }

  close() {
    this.closed = true
    document.removeEventListener("visibilitychange", this.look)
    this.#hang()
  }

  #hang() {
    this.abort?.abort()
    this.abort = null
  }

  async #listen() {
    const abort = (this.abort = new AbortController())
    try {
      const response = await fetch(this.url, { signal: abort.signal, cache: "no-store" })
      if (response.status === 404) this.closed = true // a server that was started anew: the page will tell of its new line
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
      const reader = new this.Reader()
      const body = response.body.getReader()
      for (;;) {
        const { value, done } = await body.read()
        if (done || abort.signal.aborted) break
        for (const record of reader.push(value)) if (record.kind === "page") this.hear(record.data)
      }
    } catch {
      // the page tells the same, a little later
    }
    if (this.abort !== abort) return
    this.abort = null
    setTimeout(() => this.look(), WAIT_MS)
  }
}
