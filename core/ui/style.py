"""The few rules of style that the theme in `.streamlit/config.toml` cannot express."""

STYLE = """
<style>
  [data-testid="stMainBlockContainer"] { padding-left: 1.6rem; padding-right: 1.6rem; max-width: 1500px; }
  [data-testid="stMain"] h1 { padding: 0; }
  @media (min-width: 701px) { [data-testid="stSidebar"][data-collapsed="false"] { min-width: 224px; max-width: 224px; } }
  [data-testid="stSidebarUserContent"] [data-testid="stButtonGroup"] button { padding: 0.15rem 0.6rem; }
  [data-testid="stMain"] [data-testid="stMainBlockContainer"] { padding-top: 2.6rem; }
  [data-testid="stHeader"] { background: transparent; height: 2.6rem; min-height: 2.6rem; }
  [data-testid="stMain"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  [data-testid="stMain"] [data-testid="stSlider"] { padding-bottom: 0; }
  @media (max-width: 700px) { [data-testid="stHeader"] { background: var(--st-background-color, Canvas); } }
  .dl-player { scroll-margin-top: 3rem; }
  @media (max-width: 700px) { [data-testid="stMainBlockContainer"] { padding-left: 0.8rem; padding-right: 0.8rem; } }
</style>
"""
