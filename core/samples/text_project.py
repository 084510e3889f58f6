"""The samples of the text project: a test set that was looked at, and numbers that are not the words they seem."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "epoch_chosen_on_test", "text_project", N_("The best epoch, chosen on the test set"),
        program("""
import numpy as np

for seed in range(5):
    rng = np.random.default_rng(seed)
    test = rng.integers(0, 2, 200)
    #1
    guesses = rng.integers(0, 2, (100, 200))
    #2
    scores = (guesses == test).mean(axis=1)
    print(f"seed {seed}: test {scores.max():.2f}")
""", N_("100 epochs of a network that only guesses"), N_("the test set, looked at 100 times")),
        program("""
import numpy as np

for seed in range(5):
    rng = np.random.default_rng(seed)
    validation, test = rng.integers(0, 2, (2, 200))
    guesses = rng.integers(0, 2, (2, 100, 200))
    scores = (guesses[0] == validation).mean(axis=1)
    #1
    best = scores.argmax()
    #2
    score = (guesses[1, best] == test).mean()
    found = scores[best]
    print(f"seed {seed}: validation {found:.2f}, test {score:.2f}")
""", N_("chosen on validation"), N_("looked at once")),
        N_("Nothing was learned, so an honest score is 0.5, give or take."),
        N_("The best of many scores is partly luck, and the luck does not come along to new texts. Choose the epoch on a validation "
           "set; the test set stays sealed until everything is chosen."),
        "numpy"),
    Sample(
        "ids_shifted", "text_project", N_("Reviews read three words off"),
        program("""
vocabulary = "the and a film was not good it very bad".split()
index = {word: i + 1 for i, word in enumerate(vocabulary)}
#1
words = {i: word for word, i in index.items()}
review = [1, 4, 7, 8, 9, 10]
print(" ".join(words[i] for i in review))
""", N_("as the word list counts: the = 1")),
        program("""
vocabulary = "the and a film was not good it very bad".split()
index = {word: i + 1 for i, word in enumerate(vocabulary)}
#1
words = {i + 3: word for word, i in index.items()}
words |= {0: "<pad>", 1: "<start>", 2: "<unknown>"}
review = [1, 4, 7, 8, 9, 10]
print(" ".join(words[i] for i in review))
""", N_("the first three numbers are taken")),
        N_("Which of the two sentences did somebody write?"),
        N_("In the IMDB data 0, 1 and 2 stand for padding, start and unknown, so each word is 3 further than in the word list. The wrong "
           "reading gives words all the same, and no error. Decode one sample and read it before you train."),
        "numpy"),
)
