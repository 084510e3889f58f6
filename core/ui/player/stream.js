// One run's records, followed to the end record through lost networks and sleep.

const WAITS = [500, 1000, 2000, 4000]

function sleep(ms, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      window.removeEventListener("online", wake)
      document.removeEventListener("visibilitychange", seen)
      signal.removeEventListener("abort", wake)
      resolve()
    }
    const seen = () => document.visibilityState === "visible" && wake()
    const timer = setTimeout(wake, ms)
    window.addEventListener("online", wake)
    document.addEventListener("visibilitychange", seen)
    signal.addEventListener("abort", wake)
  })
}

const MISSES = 8 // a run that the server does not know is asked for so often: the page may open it again meanwhile

// Feeds run.add() and calls on.records() after every batch, on.connection("lost" | "open" | "missing") when it changes.
export async function follow(url, run, Reader, signal, on) {
  let failures = 0
  let misses = 0
  while (!signal.aborted && !run.end) {
    try {
      const after = run.lastEpoch < 0 ? "" : `?after=${run.lastEpoch}`
      const response = await fetch(url + after, { signal, cache: "no-store" })
      if (response.status === 404) {
        on.connection("missing")
        if (++misses >= MISSES) return
        await sleep(WAITS[Math.min(misses - 1, WAITS.length - 1)], signal)
        continue
      }
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
      misses = 0
      on.connection("open")
      const reader = new Reader()
      const body = response.body.getReader()
      for (;;) {
        const { value, done } = await body.read()
        if (done || signal.aborted) break
        const records = reader.push(value)
        if (!records.length) continue
        failures = 0
        for (const record of records) run.add(record)
        on.records()
      }
    } catch (error) {
      if (signal.aborted) return
      console.warn(`player: the stream of run ${run.key} broke:`, error.message)
    }
    if (signal.aborted || run.end) return
    on.connection("lost")
    await sleep(WAITS[Math.min(failures++, WAITS.length - 1)], signal)
  }
}

// Ask about a trained model; one request at a time, and of those that come meanwhile only the latest is sent.
export class Asker {
  constructor(base, Reader, onAnswer) {
    Object.assign(this, { base, Reader, onAnswer, busy: false, next: null })
  }

  ask(run, question) {
    this.next = { run, question }
    if (!this.busy) this.#send()
  }

  forget() {
    this.next = null
  }

  async #send() {
    this.busy = true
    while (this.next) {
      const { run, question } = this.next
      this.next = null
      let answer = null
      let refused = false // the question is none; to ask again would not help
      try {
        const response = await fetch(`${this.base}/ask/${run}`, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) })
        refused = response.status === 400
        if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
        const records = new this.Reader().push(new Uint8Array(await response.arrayBuffer()))
        answer = records.find((r) => r.kind === "answer") ?? null
      } catch (error) {
        console.warn(`player: no answer to ${question.probe}:`, error.message)
      }
      this.onAnswer(run, question, answer, refused)
    }
    this.busy = false
  }
}
