// What this browser keeps for its person, in its own storage: read once for the page, written when the page says so.

const NAME = "deep-learning-lab"

export default async function (component) {
  const { role, text, heard } = component.data
  try {
    if (text === "") localStorage.removeItem(NAME)
    else if (role === "read") {
      const kept = localStorage.getItem(NAME)
      if (kept && !component.parentElement.told) component.setStateValue("kept", kept)
      component.parentElement.told = true
    } else if (text && (heard || !localStorage.getItem(NAME)) && text !== localStorage.getItem(NAME)) localStorage.setItem(NAME, text)
  } catch (error) {
    console.warn("memory: this browser keeps nothing:", error.message) // a private window, or no room left
  }
  return undefined
}
