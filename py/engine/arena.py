"""Gives each array a piece of memory, for as long as a kernel still needs the array."""

from bisect import bisect_left

ALIGNMENT = 16


def allocate(kernels, sizes, fixed, kept, start):
    """`(addresses, end)`: the address of every array that `kernels` write, and the first byte after all of them.

    `sizes` maps arrays to bytes. `fixed` maps the arrays that lie elsewhere to their addresses; they are in the result
    as well. After the last kernel that reads an array its bytes are free for others, unless it is in `kept`. Each array
    takes the first gap that it fits into. `start` is the first byte that may be used.
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
    """The first address, from `address` on, at which an array may start."""
    return -(-address // ALIGNMENT) * ALIGNMENT


class _Gaps:
    """The free pieces of memory from an address on, in order: their first bytes, and the first bytes after them."""

    def __init__(self, start):
        self.starts, self.ends = [start], [float("inf")]

    def take(self, size):
        """Takes `size` bytes from the first gap that is large enough. Returns their address."""
        index = next(index for index, end in enumerate(self.ends) if end - self.starts[index] >= size)
        address = self.starts[index]
        self.starts[index] += size
        if self.starts[index] == self.ends[index]:
            del self.starts[index], self.ends[index]
        return address

    def free(self, address, size):
        """Frees `size` bytes, and joins them with the gaps that they touch."""
        index = bisect_left(self.starts, address)
        self.starts.insert(index, address)
        self.ends.insert(index, address + size)
        if self.starts[index + 1] == self.ends[index]:
            del self.starts[index + 1], self.ends[index]
        if index and self.ends[index - 1] == self.starts[index]:
            del self.starts[index], self.ends[index - 1]
