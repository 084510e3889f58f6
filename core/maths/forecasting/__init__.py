"""Forecasting a series of prices, and judging the forecast: NumPy, and inside functions SciPy and scikit-learn.

    windows     prices → samples (window, target, day of the forecast), and predictions back into prices
    parts       which samples are learned from, validated and tested on; scaling; walk-forward folds
    baselines   what every model must be compared with
    measures    errors, direction, how sure one may be of them
    comparison  is one forecast better than another? Diebold and Mariano's test; correction for looking often
    residuals   what is left: autocorrelation, intervals and their coverage, a forecast that is the last price shifted
    outcome     a model beside the baselines on a test part: the arrays from which all that follows

Days are counted from 0. A forecast is made on day t, when the prices of the days 0 … t are known, and is about day t + h.
"""
