"""The samples of the page on transformers: the width of a head, and what a block alone lacks."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "key_dim_per_head", "transformer", N_("key_dim is the width of one head"),
        program("""
from keras.layers import MultiHeadAttention

width, heads = 32, 2
#1
attention = MultiHeadAttention(heads, key_dim=width)
attention.build((None, 10, width), (None, 10, width))
print(f"{attention.count_params():,} weights")
""", N_("two heads of 32: 64 wide inside")),
        program("""
from keras.layers import MultiHeadAttention

width, heads = 32, 2
#1
attention = MultiHeadAttention(heads, key_dim=width // heads)
attention.build((None, 10, width), (None, 10, width))
print(f"{attention.count_params():,} weights")
""", N_("the heads share the 32")),
        N_("Count by hand: queries, keys and values each take width × inside + inside weights, the output inside × width + width."),
        N_("key_dim is meant for each head. With the whole width given to both, the layer has twice the weights that it is said to have. "
           "It works, it is just another network than the one you describe.")),
    Sample(
        "block_without_ends", "transformer", N_("A block without its two ends"),
        program("""
import keras

#1
tokens = keras.Input((10, 32))
attention = keras.layers.MultiHeadAttention(2, key_dim=16)
seen = attention(tokens, tokens)
block = keras.layers.LayerNormalization()(tokens + seen)
model = keras.Model(tokens, keras.layers.Dense(1)(block))
print(f"one text gives {model.output_shape[1:]}")
""", N_("vectors already; from where?")),
        program("""
import keras

#1
ids = keras.Input((10,), dtype="int32")
words = keras.layers.Embedding(1000, 32)(ids)
#2
places = keras.layers.Embedding(10, 32)(keras.ops.arange(10))
tokens = words + places
attention = keras.layers.MultiHeadAttention(2, key_dim=16)
seen = attention(tokens, tokens)
block = keras.layers.LayerNormalization()(tokens + seen)
#3
text = keras.layers.GlobalAveragePooling1D()(block)
model = keras.Model(ids, keras.layers.Dense(1)(text))
print(f"one text gives {model.output_shape[1:]}")
""", N_("ten words, as numbers of a vocabulary"), N_("which place a word stands at"), N_("ten vectors become one")),
        N_("How many answers does one text get?"),
        N_("A block turns ten vectors into ten vectors. Before it belong an embedding and positions, without which the order of the "
           "words is lost; behind it, for one answer a text, a pooling. The shape tells: (10, 1) is an answer for each word.")),
)
