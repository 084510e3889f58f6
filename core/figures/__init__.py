"""Figures: arrays in, Plotly figures out, and which array feeds which trace. Neither Streamlit nor TensorFlow."""
