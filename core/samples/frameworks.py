"""The samples of the page on frameworks: forms that are deprecated or gone."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "old_forms", "frameworks", N_("Forms of yesterday that still work"),
        program("""
import keras
import numpy as np

#1
words = keras.layers.Embedding(1000, 8, input_length=20)
#2
dense = keras.layers.Dense(16, input_shape=(20, 8))
#3
bend = keras.layers.LeakyReLU(alpha=0.2)
model = keras.Sequential([words, dense, bend])
print(model(np.zeros((1, 20))).shape)
""", N_("found out by itself today"), N_("said by an Input today"), N_("renamed")),
        program("""
import keras
import numpy as np

#1
inputs = keras.Input((20,))
words = keras.layers.Embedding(1000, 8)
dense = keras.layers.Dense(16)
#2
bend = keras.layers.LeakyReLU(negative_slope=0.2)
model = keras.Sequential([inputs, words, dense, bend])
print(model(np.zeros((1, 20))).shape)
""", N_("the shape is said once"), N_("today's name")),
        N_("The first program runs. Read its three warnings."),
        N_("A deprecation warning says: this works today and will be gone. It also names what to write instead, so put it right while "
           "it is one word.")),
    Sample(
        "tokenizer_gone", "frameworks", N_("A module that is gone"),
        program("""
#1
from keras.preprocessing.text import Tokenizer

texts = ["a good film", "a bad film"]
tokenizer = Tokenizer(num_words=10)
tokenizer.fit_on_texts(texts)
print(tokenizer.texts_to_sequences(texts))
""", N_("from before Keras 3")),
        program("""
import keras

texts = ["a good film", "a bad film"]
vectorize = keras.layers.TextVectorization(max_tokens=10)
#1
vectorize.adapt(texts)
print(vectorize(texts).numpy().tolist())
""", N_("learns the vocabulary")),
        N_("Where does the first program stop, and at which word?"),
        N_("Tutorials older than Keras 3 (2023) import modules that no longer exist. Look a name up in the documentation of the version "
           "you have; here a layer, TextVectorization, does what Tokenizer did, and travels with the model.")),
)
