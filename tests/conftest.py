"""Options of the whole suite."""


def pytest_addoption(parser):
    parser.addoption(
        "--parity-all",
        action="store_true",
        help="compare every configuration with TensorFlow.js, not only a covering subset",
    )
