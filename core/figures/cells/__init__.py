"""What the pages on the plain cell, the LSTM and the GRU share: a cell drawn step by step, its arithmetic, its states over time.

A page gets the scene “cell” from `cells.cell.scene(…)`: its spec is a `core.specs.cells.CellSpec`, which names the cell. The parts may be
used alone: `walk.walked(spec)` computes, `drawing.picture` draws the cell (its plan stands in `plans.PLANS`), `sums.picture` writes
its arithmetic out, `states.picture` shows all steps as a map. Each gives a figure and the tracks of a film over the steps.
"""
