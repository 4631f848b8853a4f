"""Looks points up, and reads and changes choices of points, without a loop over all points. Pure.

`lab/picking.py` sorts the points.
"""

# The number of points in a leaf.
LEAF = 64
_BITS = {digit: bin(int(digit, 16)).count("1") for digit in "0123456789abcdef"}


class Leaves:
    """Points sorted into boxes: `order`, `ordered` and `boxes` are the lab's typed arrays, flat."""

    def __init__(self, order, ordered, boxes):
        self.order, self.ordered, self.boxes = order, ordered, boxes
        # The boxes as a list of four numbers each, made when they are first needed.
        self.read = None

    def nearest(self, x, y, reach, among=None):
        """The number of the point nearest to `(x, y)`, or None if none is nearer than `reach`.

        With `among`, which has a number for each point, it is one for which that is not 0.
        """
        if self.read is None:
            flat = _numbers(self.boxes)
            self.read = list(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4]))
        best, found = reach * reach, None
        near = []
        for leaf, (left, right, bottom, top) in enumerate(self.read):
            dx = left - x if x < left else x - right if x > right else 0
            if dx < reach:
                dy = bottom - y if y < bottom else y - top if y > top else 0
                if dx * dx + dy * dy < best:
                    near.append((dx * dx + dy * dy, leaf))
        near.sort()
        for distance, leaf in near:
            if distance >= best:
                break
            flat = _numbers(self.ordered.subarray(2 * LEAF * leaf, 2 * LEAF * (leaf + 1)))
            for index in range(0, len(flat), 2):
                dx, dy = flat[index] - x, flat[index + 1] - y
                distance = dx * dx + dy * dy
                if distance < best:
                    place = LEAF * leaf + index // 2
                    if among is None or among[self.order[place]]:
                        best, found = distance, place
        return None if found is None else self.order[found]


def _numbers(typed_array):
    text = typed_array.join(",")
    return [float(number) for number in text.split(",")] if text else []


# A choice of points is a text of hexadecimal digits; each stands for four points, the first of which is its highest
# bit. It is empty if no point is chosen.


def is_chosen(choice, index):
    """Whether a point is chosen."""
    return index // 4 < len(choice) and bool(int(choice[index // 4], 16) >> (3 - index % 4) & 1)


def toggled(choice, index, count):
    """A choice out of `count` points with one point added, or removed if it was chosen."""
    choice = choice or "00" * ((count + 7) // 8)
    place = index // 4
    digit = "%x" % (int(choice[place], 16) ^ (8 >> index % 4))
    choice = choice[:place] + digit + choice[place + 1 :]
    return choice if choice.replace("0", "") else ""


def size(choice):
    """The number of chosen points."""
    return sum([_BITS[digit] for digit in choice])
