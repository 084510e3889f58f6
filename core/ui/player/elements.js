// Elements of what lies beside and below the figures.

export function make(tag, className, parent, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (tag === "button") element.type = "button"
  if (text !== undefined) element.textContent = text
  parent?.append(element)
  return element
}

// ‹ number ›: steps to the sequence before and to the next one. turn(by) is called with -1 or 1. Returns the element of the number.
export function stepper(parent, words, turn) {
  const step = make("span", "dl-choose", parent)
  const button = (sign, label, by) => {
    const element = make("button", "dl-word", step, sign)
    element.title = label
    element.setAttribute("aria-label", label)
    element.addEventListener("click", () => turn(by))
  }
  button("‹", words.back, -1)
  const number = make("span", "", step)
  button("›", words.forth, 1)
  return number
}
