"""Where arrays lie: each in a piece of one arena for as long as somebody needs it."""

from bisect import insort

ALIGNMENT = 16


def place(kernels, sizes, fixed, kept, start):
    """`(addresses, end)`: the first byte of every array that `kernels` write, and the first byte behind them all.

    `sizes` are in bytes, by array. `fixed` holds the arrays that lie elsewhere, with their addresses, which are in
    the result as well. An array's bytes are free for others behind the last kernel that reads it, unless it is among
    `kept`. `start` is the arena's first byte.
    """
    last = {array: index for index, kernel in enumerate(kernels) for array in (*kernel.writes, *kernel.reads)}
    addresses = dict(fixed)
    living: list[tuple[int, int, int]] = []
    end = start = aligned(start)
    for index, kernel in enumerate(kernels):
        living = [piece for piece in living if piece[2] in kept or last[piece[2]] >= index]
        for array in kernel.writes:
            if array in addresses:
                continue
            addresses[array] = _first_gap(living, aligned(sizes[array]), start)
            insort(living, (addresses[array], addresses[array] + aligned(sizes[array]), array))
            end = max(end, addresses[array] + aligned(sizes[array]))
    return addresses, end


def aligned(address):
    """The next address that an array may start at."""
    return -(-address // ALIGNMENT) * ALIGNMENT


def _first_gap(living, size, start):
    """The first address with `size` bytes between the pieces `(start, end, array)`, which are in order."""
    for first, behind, _ in living:
        if first - start >= size:
            return start
        start = max(start, behind)
    return start
