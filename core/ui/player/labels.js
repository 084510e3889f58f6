// Names of lines that stand beside their ends and never lie on one another. Pure.

// wishes: where the middle of each name would like to be; returns the tops of names of height `step` between
// -step / 2 and height + step / 2, in the order of the wishes.
export function spread(wishes, height, step) {
  const order = wishes.map((wish, i) => [Math.min(Math.max(wish, 0), height) - step / 2, i]).sort((a, b) => a[0] - b[0])
  const tops = new Array(wishes.length)
  let low = -step / 2
  for (const [top, i] of order) {
    tops[i] = Math.max(top, low)
    low = tops[i] + step
  }
  let high = height + step / 2
  for (const [, i] of order.reverse()) {
    tops[i] = Math.min(tops[i], high - step)
    high = tops[i]
  }
  return tops
}
