"""Stream a spec's frames from somewhere: a pool of workers, the store on disk, or a run that is going on already.

The web process imports `runner` and `routes`; nothing here imports TensorFlow or Streamlit.
"""
