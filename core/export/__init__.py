"""What a person takes away: the program of a spec, its numbers, a report. Neither Streamlit nor TensorFlow."""
