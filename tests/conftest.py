"""Options of the whole suite."""

from hypothesis import settings

# The same examples every time, so that a run that passed passes again; no example is dropped for being slow.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption(
        "--parity-all",
        action="store_true",
        help="compare every configuration with TensorFlow.js, not only a covering subset",
    )
    parser.addoption(
        "--faults-all",
        action="store_true",
        help="open the page with each third-party file missing, truncated, and damaged, not only with a few",
    )
