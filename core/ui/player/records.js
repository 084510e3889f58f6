// The wire format of core/frame.py, read in the browser, and one run's frames and rows held in memory.

const TYPES = { uint8: [Uint8Array, 1], int32: [Int32Array, 4], float32: [Float32Array, 4], float16: [Uint16Array, 2] }
const UNSTORED_LIMIT = 400 // frames by the clock that are kept; beyond it every second one goes

let halves = null // all 65,536 half-precision numbers, made when the first is needed

export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function decodeHalves(packed) {
  if (!halves) halves = Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits))
  const out = new Float32Array(packed.length)
  for (let i = 0; i < packed.length; i++) out[i] = halves[packed[i]]
  return out
}

// The arrays of one record, decoded when first asked for.
export class Arrays {
  constructor(described, buffer) {
    this.described = new Map(described.map((a) => [a.name, a]))
    this.buffer = buffer
    this.decoded = new Map()
  }

  has(name) {
    return this.described.has(name)
  }

  shape(name) {
    return this.described.get(name)?.shape
  }

  get(name) {
    const known = this.decoded.get(name)
    const a = this.described.get(name)
    if (known || !a) return known
    const [Type] = TYPES[a.dtype]
    const count = a.shape.reduce((n, m) => n * m, 1)
    let data = new Type(this.buffer, a.offset, count)
    if (a.dtype === "float16") data = decodeHalves(data)
    this.decoded.set(name, data)
    return data
  }
}

// Cuts a stream of bytes, split anywhere, into records: {...header, arrays}.
export class Reader {
  constructor() {
    this.buffer = new Uint8Array(1 << 16)
    this.start = 0
    this.end = 0
  }

  push(bytes) {
    this.#room(bytes.length)
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
    const found = []
    for (;;) {
      const record = this.#next()
      if (!record) return found
      found.push(record)
    }
  }

  #room(length) {
    if (this.end + length <= this.buffer.length) return
    const held = this.buffer.subarray(this.start, this.end)
    let size = this.buffer.length
    while (size < held.length + length) size *= 2
    const bigger = size > this.buffer.length ? new Uint8Array(size) : this.buffer
    bigger.set(held)
    this.buffer = bigger
    this.end = held.length
    this.start = 0
  }

  #next() {
    if (this.end - this.start < 8) return null
    const view = new DataView(this.buffer.buffer, this.start, 8)
    const header = view.getUint32(0, true)
    const body = view.getUint32(4, true)
    const from = this.start + 8
    if (this.end < from + header + body) return null
    const { arrays, ...fields } = JSON.parse(new TextDecoder().decode(this.buffer.subarray(from, from + header)))
    // a copy of its own: typed arrays need an aligned start, and the buffer is used again
    fields.arrays = new Arrays(arrays ?? [], this.buffer.slice(from + header, from + header + body).buffer)
    this.start = from + header + body
    return fields
  }
}

// Everything known of one run: frames in the order of their epochs, rows merged by epoch, the last status, the end.
export class Run {
  constructor(key) {
    this.key = key
    this.frames = []
    this.rows = []
    this.rowAt = new Map()
    this.status = null
    this.end = null
    this.seconds = 0
    this.version = 0 // grows with every new row
  }

  add(record) {
    if (record.kind === "frame") this.#frame(record)
    else if (record.kind === "status") this.status = record
    else if (record.kind === "end") {
      this.end = record
      this.seconds = record.seconds || this.seconds
    }
  }

  // What the curves show: another run with as many rows is another picture.
  get stamp() {
    return `${this.key} ${this.version}`
  }

  get edge() {
    return this.frames.length ? this.frames[this.frames.length - 1].epoch : 0
  }

  get lastEpoch() {
    return this.frames.length ? this.edge : -1
  }

  #frame(record) {
    this.status = null
    this.seconds = Math.max(this.seconds, record.seconds)
    for (const row of record.rows) this.#row(row)
    const at = this.index(record.epoch)
    const here = this.frames[at]
    if (here?.epoch === record.epoch) {
      // a resumed run repeats itself; one in the middle of the next epoch stands there until that is over
      if (!record.stored) record.whole = here.stored ? here : here.whole
      this.frames[at] = record
    } else {
      if (here?.whole) this.frames[at] = here.whole
      this.frames.splice(at + 1, 0, record)
    }
    if (!record.stored) this.#thin()
  }

  #row(row) {
    const known = this.rowAt.get(row.epoch)
    if (known) Object.assign(known, row)
    else {
      const merged = { ...row }
      this.rowAt.set(row.epoch, merged)
      if (this.rows.length && this.rows[this.rows.length - 1].epoch > row.epoch) {
        this.rows.splice(this.#before(this.rows, row.epoch) + 1, 0, merged)
      } else this.rows.push(merged)
    }
    this.version++
  }

  #thin() {
    const extra = this.frames.filter((f) => !f.stored)
    if (extra.length <= UNSTORED_LIMIT) return
    const going = new Set(extra.slice(0, -2).filter((_, i) => i % 2))
    this.frames = this.frames.filter((f) => !going.has(f))
  }

  #before(list, epoch) {
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (list[middle].epoch <= epoch) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  // index of the last frame at or before an epoch; -1 if there is none
  index(epoch) {
    return this.#before(this.frames, epoch)
  }

  nearest(epoch) {
    const i = this.index(epoch)
    const next = this.frames[i + 1]
    return next && (i < 0 || next.epoch - epoch < epoch - this.frames[i].epoch) ? i + 1 : i
  }

  // the metrics known at an epoch: its own row, or the last one before it
  row(epoch) {
    return this.rows[this.#before(this.rows, epoch)] ?? {}
  }

  column(metric) {
    const x = []
    const y = []
    for (const row of this.rows) {
      if (!(metric in row)) continue
      x.push(row.epoch)
      y.push(row[metric])
    }
    return { x, y }
  }
}
