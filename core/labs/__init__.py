"""One module an experiment: train(spec) yields frames, ask(spec, …) answers a question. Imported by workers only."""
