"""What a run says about itself: its rows and frames in, sentences and judgements out. NumPy only."""
