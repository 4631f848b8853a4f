"""The benchmarks, `python3 -m tools bench`: this lab beside other libraries in one browser, and the page itself."""
