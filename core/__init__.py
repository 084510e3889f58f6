"""Everything below the pages. `core/ui` is the only part that imports Streamlit; only workers import TensorFlow."""
