"""What the dashboard promises about speed and memory, measured: `make bench`, or one module with `python -m`."""
