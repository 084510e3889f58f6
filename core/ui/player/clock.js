// Which epoch is on screen: playing, paused, scrubbed, or following the edge of what has arrived. Pure.

export const SPEEDS = [0.25, 0.5, 1, 2, 4]
const WHOLE_RUN_S = 2 // at speed 1 the whole run plays in so many seconds

export class Clock {
  constructor(total) {
    this.total = Math.max(total, 1)
    this.speed = 1
    this.start({ playing: true })
  }

  start({ playing, following = false }) {
    this.position = 0
    this.playing = playing
    this.following = following
    this.last = null
    this.begun = false
  }

  // Move on to time `now` (ms). first: the first trained epoch that has arrived; edge: the last one; ended: no more come.
  advance(now, { first, edge, ended }) {
    const seconds = this.last === null ? 0 : Math.min((now - this.last) / 1000, 0.25) // a sleeping tab does not leap
    this.last = now
    if (this.following) this.position = edge
    else if (this.playing) {
      this.position += (seconds * this.speed * this.total) / WHOLE_RUN_S
      // the first trained picture is not kept waiting for the clock
      if (!this.begun && first !== undefined) {
        this.begun = true
        this.position = Math.max(this.position, first)
      }
      this.position = Math.min(this.position, edge)
    }
    if (ended && this.position >= edge) this.playing = this.following = false
    return this.position
  }

  get moving() {
    return this.playing || this.following
  }

  play({ start = 0, edge, ended }) {
    if (ended && this.position >= edge) {
      this.position = start // of a branch, where it left the run that it comes from
      this.begun = true
    }
    this.playing = true
    this.following = false
    this.last = null
  }

  pause() {
    this.playing = this.following = false
  }

  seek(epoch) {
    this.pause()
    this.begun = true
    this.position = epoch
  }

  skip(edge) {
    this.playing = true
    this.following = true
    this.begun = true
    this.position = edge
  }
}
