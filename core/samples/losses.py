"""The samples of the page on losses, which are for PyTorch: what cross_entropy takes, and in which order."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "softmax_twice", "losses", N_("Probabilities where logits belong"),
        program("""
import torch
from torch.nn.functional import cross_entropy

label = torch.tensor([0])
for sure in (0.0, 2.0, 8.0):
    logits = torch.tensor([[sure, 0.0, 0.0]])
    #1
    loss = cross_entropy(logits.softmax(1), label)
    print(f"logit {sure:.0f}: loss {loss:.4f}")
""", N_("cross_entropy does this once more")),
        program("""
import torch
from torch.nn.functional import cross_entropy

label = torch.tensor([0])
for sure in (0.0, 2.0, 8.0):
    logits = torch.tensor([[sure, 0.0, 0.0]])
    loss = cross_entropy(logits, label)
    print(f"logit {sure:.0f}: loss {loss:.4f}")
"""),
        N_("The network is right and more and more sure. Where does its loss go?"),
        N_("PyTorch's cross_entropy takes logits, Keras' takes probabilities unless from_logits=True says otherwise. With three classes "
           "and softmax twice the loss cannot fall below 0.551, and the gradient fades long before the network is sure."),
        "torch"),
    Sample(
        "cross_entropy_order", "losses", N_("Label and guess exchanged"),
        program("""
import torch
from torch.nn.functional import cross_entropy

label = torch.tensor([[0.0, 1.0, 0.0]])
right, undecided = [[0.0, 4.0, 0.0]], [[0.0, 0.0, 0.0]]
for logits in (right, undecided):
    #1
    loss = cross_entropy(label, torch.tensor(logits))
    print(f"{logits[0]}: loss {loss:.3f}")
""", N_("label first, as in Keras")),
        program("""
import torch
from torch.nn.functional import cross_entropy

label = torch.tensor([[0.0, 1.0, 0.0]])
right, undecided = [[0.0, 4.0, 0.0]], [[0.0, 0.0, 0.0]]
for logits in (right, undecided):
    #1
    loss = cross_entropy(torch.tensor(logits), label)
    print(f"{logits[0]}: loss {loss:.3f}")
""", N_("guess first, label second")),
        N_("Which guess has the smaller loss: the right one, or the one that does not decide?"),
        N_("Keras' losses take the label first, PyTorch's the guess. Exchanged, the loss is a number like any other, and it rewards a "
           "network that never decides. Try a loss on one right and one wrong guess before you train with it."),
        "torch"),
)
