"""The samples of the page on back-propagation, which are for PyTorch: the step by hand."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "in_place_on_a_leaf", "backpropagation", N_("A step that would be differentiated too"),
        program("""
import torch

w = torch.tensor(0.0, requires_grad=True)
for step in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    #1
    w -= 0.1 * w.grad
    w.grad.zero_()
    print(f"step {step + 1}: w = {w:.3f}")
""", N_("recorded like all that is done to w")),
        program("""
import torch

w = torch.tensor(0.0, requires_grad=True)
for step in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    #1
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
    print(f"step {step + 1}: w = {w:.3f}")
""", N_("the step is not part of the loss")),
        N_("At which line does the first program stop, and what is a leaf?"),
        N_("PyTorch records what is done to w, to differentiate it later. The step itself must not be recorded: it goes inside "
           "torch.no_grad(), which is what an optimizer does for you."),
        "torch"),
    Sample(
        "gradients_add_up", "backpropagation", N_("Gradients that are never cleared"),
        program("""
import torch

w = torch.tensor(0.0, requires_grad=True)
for step in range(40):
    loss = (w - 3) ** 2
    #1
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    if step % 8 == 7:
        print(f"step {step + 1}: w = {w:.3f}")
""", N_("adds to w.grad")),
        program("""
import torch

w = torch.tensor(0.0, requires_grad=True)
for step in range(40):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    #1
    w.grad.zero_()
    if step % 8 == 7:
        print(f"step {step + 1}: w = {w:.3f}")
""", N_("begins anew")),
        N_("The loss is least at w = 3. Which of the two stays there?"),
        N_("backward() adds to what is in w.grad. Without zero_grad() each step goes along the sum of all gradients so far, and w "
           "swings about the minimum for ever. It is silent: no error, just a network that does not settle."),
        "torch"),
)
