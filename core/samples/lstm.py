"""The samples of the page on LSTMs, which are for PyTorch: the order of the axes, and one answer a sequence."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "batch_first", "lstm", N_("Time first or batch first"),
        program("""
import torch
from torch import nn

#1
x = torch.zeros(4, 10, 1)
start = torch.zeros(1, 4, 8)
#2
lstm = nn.LSTM(1, 8)
out, _ = lstm(x, (start, start))
print(tuple(out.shape))
""", N_("4 sequences of 10 steps"), N_("takes it for 4 steps of 10 sequences")),
        program("""
import torch
from torch import nn

x = torch.zeros(4, 10, 1)
start = torch.zeros(1, 4, 8)
#1
lstm = nn.LSTM(1, 8, batch_first=True)
out, _ = lstm(x, (start, start))
print(tuple(out.shape))
""", N_("(batch, time, feature)")),
        N_("The message names two shapes. Which number is the batch in each?"),
        N_("A PyTorch LSTM takes (time, batch, feature) unless it is told batch_first=True; Keras always takes (batch, time, feature). "
           "The given start state brings the mistake to light: without it the network would run, along the wrong axis."),
        "torch"),
    Sample(
        "answer_per_step", "lstm", N_("An answer at every step, a label per sequence"),
        program("""
import torch
from torch import nn

torch.manual_seed(0)
#1
x, y = torch.randn(10, 16, 1), torch.randn(16, 1)
lstm, dense = nn.LSTM(1, 8), nn.Linear(8, 1)
out, _ = lstm(x)
#2
answer = dense(out)
loss = nn.functional.mse_loss(answer, y)
print(f"answers {tuple(answer.shape)}, labels {tuple(y.shape)}")
print(f"loss {loss:.3f}")
""", N_("10 steps, 16 sequences"), N_("one for each step")),
        program("""
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(10, 16, 1), torch.randn(16, 1)
lstm, dense = nn.LSTM(1, 8), nn.Linear(8, 1)
out, _ = lstm(x)
#1
answer = dense(out[-1])
loss = nn.functional.mse_loss(answer, y)
print(f"answers {tuple(answer.shape)}, labels {tuple(y.shape)}")
print(f"loss {loss:.3f}")
""", N_("after the last step")),
        N_("How many answers are there, and how many labels? There is no error."),
        N_("The labels are spread over all ten steps without an error, so the network is asked to know the answer before it has seen the "
           "sequence. Many-to-one takes the last step. Compare shapes before the loss; a warning about sizes is worth a stop."),
        "torch"),
)
