"""The floor: a slider, and its value in the page. Nothing is computed; what this takes is Streamlit's and the browser's."""

import streamlit as st

value = st.slider("Value", 0, 1000, 0)
st.markdown(f"shown {value} on the floor")
