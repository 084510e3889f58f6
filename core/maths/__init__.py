"""Mathematics as pure functions of arrays: NumPy at once, SymPy in a process of its own."""
