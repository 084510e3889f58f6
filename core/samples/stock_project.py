"""The samples of the stock project: what a data set is made of, which column is predicted, and in which type."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "column_zero", "stock_project", N_("Column 0 is not the closing price"),
        program("""
import pandas as pd

volume = [9100, 8700, 9900, 9300]
close = [51.2, 51.9, 50.8, 52.4]
table = pd.DataFrame({"Volume": volume, "Close": close})
values = table.to_numpy()
#1
target = values[1:, 0]
print(target)
""", N_("the first column, whatever it is")),
        program("""
import pandas as pd

volume = [9100, 8700, 9900, 9300]
close = [51.2, 51.9, 50.8, 52.4]
table = pd.DataFrame({"Volume": volume, "Close": close})
#1
target = table["Close"].to_numpy()[1:]
print(target)
""", N_("by its name")),
        N_("Prices are near 50. What is the network of the first program asked to predict?"),
        N_("Nothing fails: the network learns to forecast a trading volume. Name columns instead of counting them, and print a few "
           "targets before you train."),
        "numpy"),
    Sample(
        "frame_not_windows", "stock_project", N_("A data set of the table, not of the windows"),
        program("""
import pandas as pd
from torch.utils.data import DataLoader

close = [51.2, 51.9, 50.8, 52.4, 53.0, 52.1]
table = pd.DataFrame({"Close": close})
#1
loader = DataLoader(table, batch_size=2)
print(next(iter(loader)))
""", N_("asks for table[0], table[1], …")),
        program("""
import pandas as pd
import torch
from torch.utils.data import DataLoader, TensorDataset

close = [51.2, 51.9, 50.8, 52.4, 53.0, 52.1]
table = pd.DataFrame({"Close": close})
prices = table["Close"].to_numpy()
#1
windows = torch.tensor(prices).float().unfold(0, 4, 1)
samples = TensorDataset(windows[:, :3], windows[:, 3])
x, y = next(iter(DataLoader(samples, batch_size=2)))
print(x)
print(y)
""", N_("three days, and the day to forecast")),
        N_("What is missing is called 0. Is that a row or a column?"),
        N_("A table in square brackets gives a column by its name, a data set must give a sample by its number. Cut the windows first "
           "and hand those over; then look at one batch."),
        "torch"),
    Sample(
        "double_into_float", "stock_project", N_("Numbers of the wrong width"),
        program("""
import numpy as np
import torch
from torch import nn

#1
prices = np.array([[51.2, 51.9, 50.8]])
x = torch.from_numpy(prices)
print(x.dtype)
print(nn.Linear(3, 1)(x).shape)
""", N_("NumPy takes 64 bits a number")),
        program("""
import numpy as np
import torch
from torch import nn

prices = np.array([[51.2, 51.9, 50.8]])
#1
x = torch.from_numpy(prices).float()
print(x.dtype)
print(nn.Linear(3, 1)(x).shape)
""", N_("32 bits, like the weights")),
        N_("Which of the two is Double, which is Float?"),
        N_("NumPy and pandas compute with 64 bits, PyTorch's weights have 32, and PyTorch does not convert by itself (Keras does). "
           "Convert once, where the data enter."),
        "torch"),
)
