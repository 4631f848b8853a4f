"""Which piece of memory each array has, for as long as somebody needs it."""

from bisect import bisect_left

ALIGNMENT = 16


def allocate(kernels, sizes, fixed, kept, start):
    """`(addresses, end)`: the first byte of every array that `kernels` write, and the first byte behind them all.

    `sizes` are in bytes, by array. `fixed` holds the arrays that lie elsewhere, with their addresses, which are in
    the result as well. An array's bytes are free for others behind the last kernel that reads it, unless it is among
    `kept`. Each array takes the first gap that it fits into. `start` is the first byte there is.
    """
    last = {array: index for index, kernel in enumerate(kernels) for array in (*kernel.writes, *kernel.reads)}
    addresses = dict(fixed)
    ending: list[list[int]] = [[] for _ in kernels]
    end = start = aligned(start)
    gaps = _Gaps(start)
    for index, kernel in enumerate(kernels):
        if index:
            for array in ending[index - 1]:
                gaps.free(addresses[array], aligned(sizes[array]))
        for array in kernel.writes:
            if array in addresses:
                continue
            size = aligned(sizes[array])
            addresses[array] = gaps.take(size) if size else start
            end = max(end, addresses[array] + size)
            if size and array not in kept:
                ending[last[array]].append(array)
    return addresses, end


def aligned(address):
    """The next address that an array may start at."""
    return -(-address // ALIGNMENT) * ALIGNMENT


class _Gaps:
    """The free pieces of memory from an address on: their first bytes, and the bytes behind them, in order."""

    def __init__(self, start):
        self.starts, self.ends = [start], [float("inf")]

    def take(self, size):
        """The address of `size` bytes of the first gap that has them, which are free no more."""
        index = next(index for index, end in enumerate(self.ends) if end - self.starts[index] >= size)
        address = self.starts[index]
        self.starts[index] += size
        if self.starts[index] == self.ends[index]:
            del self.starts[index], self.ends[index]
        return address

    def free(self, address, size):
        """Makes `size` bytes free, and one gap of those that meet."""
        index = bisect_left(self.starts, address)
        self.starts.insert(index, address)
        self.ends.insert(index, address + size)
        if self.starts[index + 1] == self.ends[index]:
            del self.starts[index + 1], self.ends[index]
        if index and self.ends[index - 1] == self.starts[index]:
            del self.starts[index], self.ends[index - 1]
