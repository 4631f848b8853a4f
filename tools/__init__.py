"""Set up, build, serve, test: everything around the page, run with ``python3 -m tools``.

Standard library only, because these modules run before anything is installed.
"""
