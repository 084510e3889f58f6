// One pointer for all that is sketched, dragged or painted: mouse, finger and pen alike, with a keyboard twin.

// ---- pure

export function clamp(value, low = 0, high = 1) {
  return Math.min(Math.max(value, low), high)
}

// Which of some places lies nearest, -1 if none lies within reach.
export function nearest(places, x, reach = Infinity) {
  let best = -1
  places.forEach((place, i) => {
    if (Math.abs(place - x) <= reach && (best < 0 || Math.abs(place - x) < Math.abs(places[best] - x))) best = i
  })
  return best
}

// A curve's values at fixed places after a stroke from one point to the next: at every place that it passes its height counts. A curve
// has one value at a place, so a stroke that turns back goes over what it drew.
export function stroke(values, places, from, to) {
  const [a, b] = from.x <= to.x ? [from, to] : [to, from]
  return values.map((value, i) => {
    if (places[i] < a.x || places[i] > b.x) return value
    return a.x === b.x ? to.y : a.y + ((b.y - a.y) * (places[i] - a.x)) / (b.x - a.x)
  })
}

// A whole path as values at fixed places. Its ends count at the places nearest to them; where it did not pass, the value stays.
export function resample(path, places, values = places.map(() => null)) {
  if (!path.length) return values
  const end = (known, point) => known.map((v, i) => (i === nearest(places, point.x) ? point.y : v))
  let found = end(values, path[0])
  for (let i = 1; i < path.length; i++) found = stroke(found, places, path[i - 1], path[i])
  return end(found, path.at(-1))
}

// Values for all places: on a straight line between those that are known, level outside them. `otherwise`: where none is known.
export function filled(values, places, otherwise = null) {
  const known = values.map((v, i) => (v === null ? -1 : i)).filter((i) => i >= 0)
  if (!known.length) return values.map(() => otherwise)
  return values.map((value, i) => {
    if (value !== null) return value
    const left = known.filter((k) => k < i).at(-1)
    const right = known.find((k) => k > i)
    if (left === undefined || right === undefined) return values[left ?? right]
    return values[left] + ((values[right] - values[left]) * (places[i] - places[left])) / (places[right] - places[left])
  })
}

// Points on the way from one to the next, at most `step` apart, the last one included: what a brush leaves without gaps.
export function stamps(from, to, step) {
  const count = Math.max(Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / step), 1)
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / count
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
  })
}

// ---- on an element

// Follows the main pointer over an element and, once it is down, beyond it. on.start(point), on.move(points) with all that a pen or a
// mouse reported since the last picture, on.end(point, cancelled); on.key(event) is the keyboard's twin and returns whether it was
// for it. A point is {x, y} in pixels of the element, with its pressure and kind. Returns a function that ends it.
export function follow(element, on) {
  let held = null
  const points = (event) => {
    const box = element.getBoundingClientRect()
    const together = event.type === "pointermove" ? event.getCoalescedEvents?.() ?? [] : []
    return (together.length ? together : [event]).map(({ clientX, clientY, pressure, pointerType, button }) => (
      { x: clientX - box.left, y: clientY - box.top, pressure, kind: pointerType, button }))
  }
  const listeners = {
    pointerdown: (event) => {
      if (!event.isPrimary || (event.button && !(on.second && event.button === 2)) || held !== null) return
      held = event.pointerId
      element.setPointerCapture(held)
      event.preventDefault() // no selection, and no click for what lies below
      event.stopPropagation()
      on.start?.(points(event)[0])
    },
    pointermove: (event) => {
      if (event.pointerId === held) on.move?.(points(event))
    },
    pointerup: (event) => end(event),
    pointercancel: (event) => end(event),
    lostpointercapture: (event) => end(event),
    keydown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !on.key?.(event)) return
      event.preventDefault()
      event.stopPropagation()
    },
  }
  const end = (event) => {
    if (event.pointerId !== held) return
    held = null
    on.end?.(points(event)[0], event.type !== "pointerup")
  }
  const before = element.style.touchAction
  element.style.touchAction = "none" // a finger draws here; it scrolls elsewhere
  for (const [kind, listen] of Object.entries(listeners)) element.addEventListener(kind, listen)
  return () => {
    element.style.touchAction = before
    for (const [kind, listen] of Object.entries(listeners)) element.removeEventListener(kind, listen)
  }
}
