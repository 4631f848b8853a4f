"""Sweeps of which a part that covers every kind is looked at, the whole with an option: `--all` or `--KIND-all`."""

WHOLE = {
    "parity": "compare every configuration with TensorFlow.js, not only a covering subset",
    "faults": "open the page with each third-party file missing, truncated, and damaged, not only with a few",
    "pictures": "look at every layer in every projection, and at points and refined pictures in either theme and at "
    "either fineness, on a desktop and on a phone, not each on one of them",
    "alignment": "measure both views at every size with every ratio of pixels, not each size with one ratio",
    "findings": "train on the data of five seeds in the browser, not of two",
    "memory": "watch the memory of the page for 900 frames, so that a smaller leak shows, not for 250",
    "sizes": "measure every state at every size, not each at one size and a third of the others",
    "security": "paste each hostile text into every field, not each into two of them",
}


def whole(config, kind):
    """Whether all of a sweep is asked for."""
    return any(config.getoption(option, default=False) for option in ("--all", f"--{kind}-all"))
