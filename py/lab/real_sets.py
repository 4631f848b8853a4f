"""Real data sets, each a function that takes `rng` and `rows`, which it needs not, and returns `(inputs, labels)`.

`inputs`, shape (rows, inputs), are float64, `labels`, shape (rows,), the classes, in the order in which the source has
them. Rows come from a table, which must have been kept before; where the tables are from the licence page says.
Measurements are standardized: each has the mean 0 and the standard deviation 1 over all rows, held-out ones included.
"""

import io
from typing import Any

import numpy as np

from spec import registry

PENGUINS = ("Adelie", "Chinstrap", "Gentoo")
LARGEST_PIXEL = 16

_tables: dict[str, np.ndarray] = {}


def keep_table(key, content):
    """Reads the table of the data set `key`, `content`, bytes of CSV, and keeps it; it is read once only.

    Rows with a missing cell are left out. Raises KeyError for an unknown key, and ValueError where the table is not of
    the shape that the registry says.
    """
    if key in _tables:
        return
    table = np.loadtxt(io.StringIO(content.decode()), delimiter=",", ndmin=2, **READING[key])
    table = table[np.isfinite(table).all(axis=1)]
    rows, inputs = (registry.trait("dataset", key, name) for name in ("rows", "inputs"))
    if table.shape != (rows, inputs + 1):
        raise ValueError(f"The table of {key} has the shape {table.shape}, not {(rows, inputs + 1)}")
    _tables[key] = table


def iris(rng, rows):
    """Flowers: sepal length and width, petal length and width; setosa, versicolor, virginica."""
    return _measurements("iris")


def wine(rng, rows):
    """Wines of one region, by 13 results of chemical analysis; three growers."""
    return _measurements("wine")


def breast_cancer(rng, rows):
    """Tumours, by ten properties of the cells' nuclei, each as mean, standard error and worst; malignant, benign."""
    return _measurements("breast_cancer")


def penguins(rng, rows):
    """Penguins: bill length and depth, flipper length, body mass; Adelie, Chinstrap, Gentoo.

    Two of the table's 344 rows have none of the four, and are left out. Rows whose sex is not known stay.
    """
    return _measurements("penguins")


def digits(rng, rows):
    """Images of 8 × 8 pixels, row by row, each from 0, paper, to 1, ink; the digits from 0 to 9."""
    table = _tables["digits"]
    return table[:, :-1] / LARGEST_PIXEL, table[:, -1].astype(int)


def units_of(key):
    """`(means, scales)`, both (inputs,), of a real set's inputs: the table has means + scales · inputs."""
    inputs = _tables[key][:, :-1]
    if registry.trait("dataset", key, "image"):
        return np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    return inputs.mean(axis=0), inputs.std(axis=0)


def _measurements(key):
    """`(inputs, labels)` of a table whose last column is the class, standardized."""
    inputs, labels = _tables[key][:, :-1], _tables[key][:, -1]
    means, scales = units_of(key)
    return (inputs - means) / scales, labels.astype(int)


def _number(cell):
    """The number of a cell of the table of penguins: a species is the number of its class."""
    return PENGUINS.index(cell) if cell in PENGUINS else np.nan if cell == "NA" else float(cell)


# How `numpy.loadtxt` reads each table, so that its last column is the class.
_WITH_FIRST_LINE = {"skiprows": 1}
READING: dict[str, dict[str, Any]] = {
    "iris": _WITH_FIRST_LINE,
    "wine": _WITH_FIRST_LINE,
    "breast_cancer": _WITH_FIRST_LINE,
    "penguins": {"skiprows": 1, "usecols": (2, 3, 4, 5, 0), "converters": _number},
    "digits": {},
}
