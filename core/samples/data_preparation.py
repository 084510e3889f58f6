"""The samples of the page on data: what is learned from data before they are split."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "scaler_before_split", "data_preparation", N_("A scaler that has seen the test set"),
        program("""
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

x, y = load_digits(return_X_y=True)
#1
x = StandardScaler().fit_transform(x)
for seed in range(5):
    split = train_test_split(x, y, random_state=seed)
    x_train, x_test, y_train, y_test = split
    model = LogisticRegression(max_iter=1000)
    model.fit(x_train, y_train)
    print(f"split {seed}: {model.score(x_test, y_test):.4f}")
""", N_("fitted on all rows")),
        program("""
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x, y = load_digits(return_X_y=True)
for seed in range(5):
    split = train_test_split(x, y, random_state=seed)
    x_train, x_test, y_train, y_test = split
    logistic = LogisticRegression(max_iter=1000)
    model = make_pipeline(StandardScaler(), logistic)
    #1
    model.fit(x_train, y_train)
    print(f"split {seed}: {model.score(x_test, y_test):.4f}")
""", N_("the scaler sees the training rows alone")),
        N_("Compare the two outputs split by split: how much does the mistake flatter here?"),
        N_("The order is wrong, yet the scores are all but the same: a mean and a spread give hardly anything away about a single row. "
           "Split first all the same. The next sample does the same thing with a step that does give something away."),
        "numpy"),
    Sample(
        "selection_before_split", "data_preparation", N_("Nearly always right, on pure noise"),
        program("""
import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

for seed in range(5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(100, 5000))
    #1
    y = rng.permutation(100) % 2
    #2
    best = SelectKBest(k=50).fit_transform(x, y)
    model = LogisticRegression()
    score = cross_val_score(model, best, y).mean()
    print(f"noise {seed}: {score:.2f}")
""", N_("labels that have nothing to do with x"), N_("chosen with the labels of all rows")),
        program("""
import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

for seed in range(5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(100, 5000))
    y = rng.permutation(100) % 2
    best = SelectKBest(k=50)
    #1
    model = make_pipeline(best, LogisticRegression())
    score = cross_val_score(model, x, y).mean()
    print(f"noise {seed}: {score:.2f}")
""", N_("chosen anew within each training part")),
        N_("There is nothing to learn: an honest score is 0.5, give or take."),
        N_("Among 5,000 columns of noise some fit the labels by chance, on the rows held out too, for those had a say in the choice. "
           "Whatever learns from the labels belongs behind the split, inside the pipeline."),
        "numpy"),
)
