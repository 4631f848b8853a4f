"""How fast this lab trains next to other libraries, measured in one run of a real browser: `python3 -m tools bench`."""
