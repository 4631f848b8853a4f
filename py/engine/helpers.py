"""The numbers of the helper functions: they come first in every module, and the code of kernels calls them."""

from enum import IntEnum


class Helper(IntEnum):
    """The functions of `elementwise.helpers` and `products.helpers`, in the order in which they stand in a module."""

    WRAP_ANGLE = 0
    WRAP_ANGLES = 1
    TRANSPOSE = 2
    PACK_ROWS_BY_4 = 3
    PACK_ROWS_BY_8 = 4
    PACK_COLUMNS_BY_4 = 5
    PACK_COLUMNS_BY_8 = 6
    TILE = 7
    COPY_TILE = 8
    PRODUCT = 9
