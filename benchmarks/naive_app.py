"""What the dashboard is compared with: the plain Streamlit app that one would write first. No tricks, and no handicaps.

The same points, the same network and the same 200 epochs as the lab's default; `model.fit` in the script, and a callback that
draws the loss curves every ten epochs.
"""

import keras
import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.data import points

EPOCHS, EVERY = 200, 10

st.title("A neural network")
rate = st.select_slider("Learning rate", [0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1], 0.003)
chart, words = st.empty(), st.empty()
sample = points.load("circles", points=400, noise=0.1, seed=0, train_share=0.5)


class Draw(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.curves: dict[str, list[float]] = {"loss": [], "val_loss": []}

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        for name, values in self.curves.items():
            values.append(logs[name])
        if epoch == 0 or (epoch + 1) % EVERY == 0:
            x = np.arange(1, epoch + 2)
            chart.plotly_chart(go.Figure([go.Scatter(x=x, y=y, name=name) for name, y in self.curves.items()]), key=f"chart{epoch}")
            words.markdown(f"epoch {epoch + 1} at learning rate {rate}")


end = sample.train + sample.validation
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(6, "tanh"), keras.layers.Dense(4, "tanh"),
                          keras.layers.Dense(1, "sigmoid")])
model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(sample.x[:sample.train], sample.y[:sample.train], batch_size=32, epochs=EPOCHS, verbose=0, callbacks=[Draw()],
          validation_data=(sample.x[sample.train:end], sample.y[sample.train:end]))
