"""The few rules of style that the theme in `.streamlit/config.toml` cannot express."""

STYLE = """
<style>
  [data-testid="stMainBlockContainer"] { padding-left: 1.6rem; padding-right: 1.6rem; max-width: 1500px; }
  [data-testid="stMain"] h1 { padding: 0; }
  [data-testid="stSidebar"] { min-width: 212px; max-width: 212px; }
  [data-testid="stMain"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  [data-testid="stMain"] [data-testid="stSlider"] { padding-bottom: 0; }
  @media (max-width: 700px) { [data-testid="stMainBlockContainer"] { padding-left: 0.8rem; padding-right: 0.8rem; } }
</style>
"""
