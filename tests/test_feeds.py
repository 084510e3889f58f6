"""What is typed for a small cell, its sequence and its weights: read right, or refused in words."""

import numpy as np
import pytest

from core.frame import Trouble
from core.i18n import say
from core.maths import cells, feeds


def test_numbers_become_steps():
    feed = feeds.of_numbers("1, 0 -0.5；1/2")
    np.testing.assert_allclose(feed.x, [[1], [0], [-0.5], [0.5]])
    assert feed.marks == ("1", "0", "−0.5", "0.5") and feed.steps == 4


def test_a_sine_is_one():
    np.testing.assert_allclose(feeds.of_sine(5.5, 12).x[:, 0], np.sin(2 * np.pi * np.arange(12) / 5.5), atol=1e-4)


def test_letters_become_inputs_or_numbers():
    feed = feeds.of_word("hel lo", onehot=True)
    assert feed.channels == ("h", "e", "l", "o") and feed.marks == tuple("hello")
    assert np.array_equal(feed.x.argmax(axis=1), [0, 1, 2, 2, 3]) and np.all(feed.x.sum(axis=1) == 1)
    np.testing.assert_allclose(feeds.of_word("hello", onehot=False).x[:, 0], [-1 / 3, -1, 1 / 3, 1 / 3, 1], atol=1e-4)
    assert feeds.of_word("记忆", onehot=True).x.shape == (2, 2)
    assert feeds.of_word("aa", onehot=False).x.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("cell, text", [("lstm", "i 1 2 3; f 4 5 6; g 7 8 9; o 10 11 12"),
                                        ("lstm", "o: 10 11 12\ng: 7 8 9\nf: 4 5 6\ni: 1 2 3"),
                                        ("lstm", "1 2 3; 4 5 6; 7 8 9; 10 11 12"), ("rnn", "h 0.5 -1 2"), ("gru", "1 2 3; 4 5 6; 7 8 9"),
                                        ("gru", "g 7 8 9 0.5; z 1 2 3 -1; r 4 5 6 0")])
def test_typed_weights_stand_where_keras_has_them(cell, text):
    found = feeds.read_weights(cell, text)
    assert [part.shape for part in found] == [part.shape for part in cells.random(cell, 1, 1, 0)]
    if cell == "rnn":
        assert [part.ravel().tolist() for part in found] == [[0.5], [-1], [2]]
    else:
        n = len(cells.CELLS[cell])
        assert found.kernel[0].tolist() == [1, 4, 7, 10][:n] and found.recurrent[0].tolist() == [2, 5, 8, 11][:n]
        assert (found.bias[0] if cell == "gru" else found.bias).tolist() == [3, 6, 9, 12][:n]
        if cell == "gru":
            assert found.bias[1].tolist() == ([-1, 0, 0.5] if "0.5" in text else [0, 0, 0])


@pytest.mark.parametrize("text, said", [("", "empty"), ("1 2 x", "x"), (" ".join(["1"] * 25), "24"), ("1 99", "99")])
def test_a_sequence_that_is_none_is_refused(text, said):
    with pytest.raises(Trouble) as trouble:
        feeds.of_numbers(text)
    assert said in say(trouble.value.message)


def test_a_word_without_letters_is_refused():
    with pytest.raises(Trouble, match="empty"):
        feeds.of_word("  ", onehot=True)


@pytest.mark.parametrize("cell, text, said", [("lstm", "1 2 3; 4 5 6", "i, f, g, o"), ("gru", "z 1 2 3; q 1 2 3; g 1 2 3", "z, q, g"),
                                              ("lstm", "1 2; 3 4; 5 6; 7 8", "three numbers"), ("gru", "1 2 3; 4 5 6; 7 8 999", "999"),
                                              ("rnn", "1 2 3 4", "three numbers")])
def test_weights_that_do_not_fit_are_refused(cell, text, said):
    with pytest.raises(Trouble) as trouble:
        feeds.read_weights(cell, text)
    assert said in say(trouble.value.message)
