// A group of runs (seeds of one setting, a sweep) as figures of their medians and bands, drawn as the runs come in.

const version = new URL(import.meta.url).search
const part = (name) => import(`./${name}.js${version}`)
const [records, streams, files, format, manys, aggregates] = await Promise.all(
  ["records", "stream", "files", "format", "many", "aggregate"].map(part))
const [rests, cards, tables, zooms] = await Promise.all(["rest", "card", "table", "zoom"].map(part))
const [theme, pictures, labels, network, heads, flow, charts, stages] = await Promise.all(
  ["theme", "pictures", "labels", "network", "heads", "flow", "charts", "stage"].map(part))

const EMPTY = { get: () => undefined, shape: () => undefined }

class Group {
  constructor(component) {
    this.root = document.createElement("div")
    this.root.className = "dl-player dl-group"
    component.parentElement.append(this.root)
    const tools = () => ({ Plotly: window.Plotly, theme, pictures, labels, network, heads, flow, format })
    this.stage = new stages.Stage(this.root, charts.Chart, tools, {
      added: (chart) => cards.addMenu(chart, { tables, zooms }, () => this.data.strings), changed: () => this.wake() })
    this.state = document.createElement("div")
    this.state.className = "dl-note"
    this.state.setAttribute("aria-live", "polite")
    this.root.prepend(this.state)
  }

  take(component) {
    this.component = component
    const { data } = component
    this.data = data
    const background = getComputedStyle(this.root).getPropertyValue("--st-background-color") || "#fff"
    const tokens = data.theme[theme.isDark(background) ? "dark" : "light"]
    const recolour = this.tokens && JSON.stringify(tokens) !== JSON.stringify(this.tokens)
    this.tokens = tokens
    const keys = data.members.map((m) => m.run)
    const members = JSON.stringify(data.members)
    if (members !== this.members) {
      this.members = members
      this.told = ""
      this.many ??= new manys.Many(files.address(data), { records, streams }, () => this.wake())
      this.group = new aggregates.Aggregate(data.members, (key) => this.many.of(key), data.rates)
      this.many.want([...new Set(keys)], data.metrics, data.arrays)
    }
    this.stage.swap(data.figures, tokens)
    if (recolour) this.stage.remount(tokens)
    while (this.stage.mountNext(tokens)) { /* all of them: nothing waits for a first picture here */ }
    this.wake()
  }

  wake() {
    if (!this.scheduled && !this.gone) this.scheduled = requestAnimationFrame(() => this.draw())
  }

  draw() {
    this.scheduled = 0
    if (!this.group) return
    const { data } = this
    this.group.version = this.many.version
    const values = this.group.progress(data.metrics)
    let left = false
    for (const chart of this.stage.all) {
      left = chart.show(EMPTY, values, this.group, { rest: true, language: data.lang, budget: { ms: 60 }, others: this.many }) || left
    }
    const text = format.fill(data.strings[values.done < values.total ? "coming" : values.failed ? "failed" : "done"], values, data.lang)
    if (this.state.textContent !== text) this.state.textContent = text
    this.root.dataset.key = this.group.key
    this.root.dataset.done = values.done
    this.root.dataset.total = values.total
    if (left) setTimeout(() => this.wake(), 60)
    if (values.done === values.total && this.told !== this.members) {
      this.told = this.members
      rests.atRest(this.root, () => this.component.setStateValue("ended", this.group.key))
    }
  }

  destroy() {
    this.gone = true
    cancelAnimationFrame(this.scheduled) // there is nothing to draw on any more
    this.many?.close()
    this.stage.destroy()
    this.root.remove()
  }
}

const groups = new WeakMap()

export default async function (component) {
  const parent = component.parentElement
  parent.groupComponent = component
  await files.prepare(component.data, version)
  if (parent.groupComponent !== component) return undefined
  let group = groups.get(parent)
  if (!group || group.gone) groups.set(parent, (group = new Group(component)))
  group.take(component)
  return () => setTimeout(() => parent.isConnected || group.destroy())
}
