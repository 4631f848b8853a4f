"""The code of a `Product`, out (m, n) = a (m, k) · b (k, n).

All code works by *tiles*: a few rows by a few vectors of `out` that stay in locals during the loop over k. Each turn of
that loop loads one vector of b for each of the tile's vectors in a row, and one number of a, into all lanes, for each
of its rows. With 4 rows by 2 vectors, 6 loads feed 16 multiplications and additions, and all fits into 16 registers.

Small products are written out for their shape and addresses (`_write_small`). Large ones share the helper `product`,
which first copies blocks of a and b into panels: the numbers that the tiles need, in the order in which they need
them, so that every read is of the next bytes and stays in the cache (K. Goto and R. van de Geijn, "Anatomy of
high-performance matrix multiplication", 2008). A transposed a or b is only copied in another way.
"""

from engine.helpers import Helper
from engine.instructions import (
    I32,
    V128,
    Function,
    advance,
    call,
    count_down,
    f32,
    f32_add,
    f32_load,
    f32_store,
    f32x4_add,
    f32x4_mul,
    for_range,
    get,
    i32,
    i32_add,
    i32_and,
    i32_less,
    i32_mul,
    i32_or,
    i32_shl,
    i32_shr,
    i32_sub,
    load_some,
    load_splat,
    put,
    select,
    shuffle,
    store_some,
    times,
    v128_load,
    v128_store,
    when,
    while_below,
)
from engine.program import Product

# A product is small if b has at most so many numbers, so that it fits into the first-level cache, or if m, n or k is
# below `THIN`, so that tiles would be mostly empty.
SMALL_B = 32 * 1024 // 4
THIN = 8
# The length of a block along k, and its number of columns of b: 256 · 256 numbers stay in the second-level cache.
BLOCK_DEPTH, BLOCK_COLUMNS = 256, 256
TILE_ROWS, TILE_COLUMNS = 4, 8
# At the edge of `out` a whole tile is written to the start of the scratch area, and its part inside `out` is copied.
TILE_BYTES = 4 * TILE_ROWS * TILE_COLUMNS


def scratch_bytes(kernel: Product) -> int:
    """How much scratch memory a product needs, in bytes."""
    if _is_small(kernel):
        return 4 * kernel.n * kernel.k if kernel.transpose_b else 0
    depth = min(kernel.k, BLOCK_DEPTH)
    return TILE_BYTES + 4 * depth * (_round_up(kernel.m, TILE_ROWS) + BLOCK_COLUMNS)


def write_product(kernel: Product, scratch: int) -> Function:
    """The function that computes `kernel` once."""
    if _is_small(kernel):
        return _write_small(kernel, scratch)
    function = Function()
    sizes = (kernel.m, kernel.n, kernel.k, kernel.a, kernel.b, kernel.out)
    flags = (int(kernel.transpose_a), int(kernel.transpose_b), scratch)
    function.body = call(Helper.PRODUCT, *map(i32, (*sizes, *flags)))
    return function


def _is_small(kernel: Product) -> bool:
    return kernel.k * kernel.n <= SMALL_B or min(kernel.m, kernel.n, kernel.k) < THIN


def _round_up(number: int, unit: int) -> int:
    return -(-number // unit) * unit


# Small products: all sizes and addresses are constants


def _write_small(kernel: Product, scratch: int) -> Function:
    function = Function()
    m, n, k = kernel.m, kernel.n, kernel.k
    b = kernel.b
    if kernel.transpose_b and min(n, k) == 1:
        pass  # A single row or column lies in memory as its transpose does.
    elif kernel.transpose_b:
        b = scratch
        function.body += call(Helper.TRANSPOSE, i32(kernel.b), i32(n), i32(k), i32(scratch))
    # Distance from one row of a to the next, and from one column to the next, in units of 4 bytes.
    a_row, a_column = (1, m) if kernel.transpose_a else (k, 1)
    # Eight accumulators in every shape: enough independent additions to hide the latency of each.
    tile_rows, vectors = (8, 1) if n <= 4 else (2, 4) if m <= 2 else (4, 2)
    tile_columns = 4 * vectors

    row, column, a_at, b_at, out_at = (function.local(I32) for _ in range(5))
    row_counter, column_counter, counter = (function.local(I32) for _ in range(3))
    accumulators = [function.local(V128) for _ in range(8)]
    b_vectors = [function.local(V128) for _ in range(vectors)]
    a_number = function.local(V128)

    def tile(rows: int, columns: int) -> bytes:
        """The tile of `rows` by `columns` at `row` and `column`."""
        used = -(-columns // 4)
        # How many lanes of each vector are used.
        lanes = [min(4, columns - 4 * vector) for vector in range(used)]

        def turn(place: int) -> bytes:
            code = b""
            for vector in range(used):
                address = b + 4 * (place * n + 4 * vector)
                code += put(b_vectors[vector], load_some(get(b_at), address, lanes[vector]))
            for line in range(rows):
                address = kernel.a + 4 * (line * a_row + place * a_column)
                code += put(a_number, load_splat(get(a_at), address))
                for vector in range(used):
                    accumulator = accumulators[line * used + vector]
                    product = f32x4_mul(get(a_number), get(b_vectors[vector]))
                    code += put(accumulator, f32x4_add(get(accumulator), product))
            return code

        # The helper `tile` says why there are no more turns at a time.
        unrolled = 2 if k == 2 else 1
        turns = k // unrolled
        move = advance(a_at, 4 * a_column * unrolled) + advance(b_at, 4 * n * unrolled) if turns > 1 else b""
        zero = function.number(0.0)
        code = b"".join(put(accumulators[index], zero) for index in range(rows * used))
        code += put(a_at, get(row_of_a)) + put(b_at, get(column))
        code += times(counter, turns, b"".join(map(turn, range(unrolled))) + move)
        code += put(out_at, i32_add(get(row), get(column)))
        for line in range(rows):
            for vector in range(used):
                address = kernel.out + 4 * (line * n + 4 * vector)
                code += store_some(get(out_at), get(accumulators[line * used + vector]), address, lanes[vector])
        return code

    row_of_a = function.local(I32)

    def strip(rows: int) -> bytes:
        """All columns of `rows` rows."""
        full, rest = divmod(n, tile_columns)
        code = put(column, i32(0))
        code += (
            times(column_counter, full, tile(rows, tile_columns) + advance(column, 4 * tile_columns)) if full else b""
        )
        code += tile(rows, rest) if rest else b""
        return code + advance(row, 4 * n * rows) + advance(row_of_a, 4 * a_row * rows)

    full, rest = divmod(m, tile_rows)
    function.body += times(row_counter, full, strip(tile_rows)) if full else b""
    function.body += strip(rest) if rest else b""
    return function


def transpose() -> Function:
    """Helper (source, rows, columns, out): out (columns, rows) = source (rows, columns) transposed."""
    function = Function((I32, I32, I32, I32))
    source, rows, columns, out = range(4)
    row, column, place, step, out_step = (function.local(I32) for _ in range(5))
    lines = [function.local(V128) for _ in range(8)]
    full_rows, full_columns = i32_and(get(rows), i32(-4)), i32_and(get(columns), i32(-4))

    def element(row_at: int, column_at: int) -> bytes:
        from_ = i32_add(get(source), i32_shl(i32_add(i32_mul(get(row_at), get(columns)), get(column_at)), i32(2)))
        to = i32_add(get(out), i32_shl(i32_add(i32_mul(get(column_at), get(rows)), get(row_at)), i32(2)))
        return f32_store(to, f32_load(from_))

    from_ = i32_add(get(source), i32_add(i32_mul(get(row), get(step)), i32_shl(get(column), i32(2))))
    to = i32_add(get(out), i32_add(i32_mul(get(column), get(out_step)), i32_shl(get(row), i32(2))))
    block = put(place, from_)
    for line in range(4):
        block += put(lines[line], v128_load(get(place))) + advance(place, get(step))
    block += _transpose_four(lines) + put(place, to)
    for line in range(4):
        block += v128_store(get(place), get(lines[line])) + advance(place, get(out_step))
    function.body += put(step, i32_shl(get(columns), i32(2))) + put(out_step, i32_shl(get(rows), i32(2)))
    function.body += for_range(row, full_rows, 4, for_range(column, full_columns, 4, block))
    # What is left on the right of the blocks, then below them.
    right = put(column, full_columns) + while_below(column, get(columns), element(row, column))
    function.body += for_range(row, full_rows, 1, right)
    below = for_range(column, get(columns), 1, element(row, column))
    function.body += put(row, full_rows) + while_below(row, get(rows), below)
    return function


def _transpose_four(lines: list[int]) -> bytes:
    """Transposes the 4 × 4 numbers in the first four vector locals; overwrites the other four."""
    first, second, third, fourth, *spare = lines
    code = put(spare[0], shuffle(get(first), get(second), (0, 4, 1, 5)))
    code += put(spare[1], shuffle(get(first), get(second), (2, 6, 3, 7)))
    code += put(spare[2], shuffle(get(third), get(fourth), (0, 4, 1, 5)))
    code += put(spare[3], shuffle(get(third), get(fourth), (2, 6, 3, 7)))
    code += put(first, shuffle(get(spare[0]), get(spare[2]), (0, 1, 4, 5)))
    code += put(second, shuffle(get(spare[0]), get(spare[2]), (2, 3, 6, 7)))
    code += put(third, shuffle(get(spare[1]), get(spare[3]), (0, 1, 4, 5)))
    return code + put(fourth, shuffle(get(spare[1]), get(spare[3]), (2, 3, 6, 7)))


# Large products: helpers with sizes and addresses as parameters


def pack_rows(width: int) -> Function:
    """Helper (source, step, depth, columns, out): copies a matrix whose `depth` rows lie `step` bytes apart as panels.

    A panel is `width` columns: first the numbers of its first row, then those of its second row, and so on; zeros where
    the last panel goes beyond `columns`.
    """
    function = Function((I32, I32, I32, I32, I32))
    source, step, depth, columns, out = range(5)
    line, column, lane, place, to, full_columns, left = (function.local(I32) for _ in range(7))
    zero = function.local(V128)

    find = put(place, i32_add(get(source), i32_add(i32_mul(get(line), get(step)), i32_shl(get(column), i32(2)))))
    in_panels = i32_add(i32_mul(get(column), get(depth)), i32_mul(get(line), i32(width)))
    find += put(to, i32_add(get(out), i32_shl(in_panels, i32(2))))

    def copy(lines: int) -> bytes:
        code = find
        for index in range(lines):
            for offset in range(0, 4 * width, 16):
                code += v128_store(get(to), v128_load(get(place), offset), 4 * width * index + offset)
            code += advance(place, get(step))
        return code

    # Four rows at a time: each is read sequentially, and whole cache lines are written.
    code = for_range(line, i32_and(get(depth), i32(-4)), 4, for_range(column, get(full_columns), width, copy(4)))
    code += while_below(line, get(depth), for_range(column, get(full_columns), width, copy(1)))
    bytes_of_lane = i32_shl(get(lane), i32(2))
    one = f32_store(i32_add(get(to), bytes_of_lane), f32_load(i32_add(get(place), bytes_of_lane)))
    part = find + b"".join(v128_store(get(to), get(zero), offset) for offset in range(0, 4 * width, 16))
    part += for_range(lane, get(left), 1, one)
    code += when(get(left), put(column, get(full_columns)) + for_range(line, get(depth), 1, part))
    function.body = put(left, i32_and(get(columns), i32(width - 1)))
    function.body += put(full_columns, i32_sub(get(columns), get(left))) + code
    return function


def pack_columns(width: int) -> Function:
    """Helper (source, step, depth, columns, out): `pack_rows` for a matrix whose *columns* lie `step` bytes apart."""
    function = Function((I32, I32, I32, I32, I32))
    source, step, depth, columns, out = range(5)
    column, place, to, quad, line, lane = (function.local(I32) for _ in range(6))
    panel_at, left = function.local(I32), function.local(I32)
    lines = [function.local(V128) for _ in range(8)]
    full_depth = i32_and(get(depth), i32(-4))

    # Four columns by four of the depth at a time.
    block = put(to, i32_add(i32_add(get(panel_at), get(quad)), i32_mul(get(line), i32(4 * width))))
    block += put(place, i32_add(_column_at(source, column, step), i32_shl(get(line), i32(2))))
    block += advance(place, i32_mul(i32_shr(get(quad), i32(2)), get(step)))
    for index in range(4):
        block += put(lines[index], v128_load(get(place))) + advance(place, get(step))
    block += _transpose_four(lines)
    for index in range(4):
        block += v128_store(get(to), get(lines[index]), 4 * width * index)
    blocks = for_range(quad, i32(4 * width), 16, for_range(line, full_depth, 4, block))

    # Number by number: the rest of the depth, and the whole panel if it goes beyond the columns.
    from_ = i32_add(
        i32_add(_column_at(source, column, step), i32_mul(get(lane), get(step))), i32_shl(get(line), i32(2))
    )
    into = i32_add(i32_add(get(panel_at), i32_shl(get(lane), i32(2))), i32_mul(get(line), i32(4 * width)))
    one = when(i32_less(get(lane), get(left)), f32_store(into, f32_load(from_)), f32_store(into, f32(0.0)))
    singly = while_below(line, get(depth), for_range(lane, i32(width), 1, one))

    panel = put(left, i32_sub(get(columns), get(column)))
    panel += when(i32_less(get(left), i32(width)), put(line, i32(0)), blocks + put(line, full_depth))
    panel += singly + advance(panel_at, i32_mul(get(depth), i32(4 * width)))
    function.body = put(panel_at, get(out)) + for_range(column, get(columns), width, panel)
    return function


def _column_at(source: int, column: int, step: int) -> bytes:
    return i32_add(get(source), i32_mul(get(column), get(step)))


def tile() -> Function:
    """Helper (a, b, depth, out, step, more): writes the 4 × 8 product of two panels to `out`, rows `step` bytes apart.

    If `more` is not 0 it is added to the numbers at `out`. `depth` is at least 1.
    """
    function = Function((I32,) * 6)
    a, b, depth, out, step, more = range(6)
    place = function.local(I32)
    accumulators = [[function.local(V128) for _ in range(2)] for _ in range(TILE_ROWS)]
    b_vectors = [function.local(V128), function.local(V128)]
    a_number = function.local(V128)

    # One turn of k at a time: with several, V8 loads the numbers of all of them first, and runs out of registers.
    turn = b"".join(put(b_vectors[vector], v128_load(get(b), 16 * vector)) for vector in range(2))
    for line in range(TILE_ROWS):
        turn += put(a_number, load_splat(get(a), 4 * line))
        for vector in range(2):
            product = f32x4_mul(get(a_number), get(b_vectors[vector]))
            turn += put(accumulators[line][vector], f32x4_add(get(accumulators[line][vector]), product))
    turn += advance(a, 4 * TILE_ROWS) + advance(b, 4 * TILE_COLUMNS)

    load = put(place, get(out))
    store = put(place, get(out))
    for line in range(TILE_ROWS):
        for vector in range(2):
            load += put(accumulators[line][vector], v128_load(get(place), 16 * vector))
            store += v128_store(get(place), get(accumulators[line][vector]), 16 * vector)
        load += advance(place, get(step))
        store += advance(place, get(step))
    function.body = when(get(more), load)
    function.body += count_down(depth, turn)
    function.body += store
    return function


def copy_tile() -> Function:
    """Helper (source, out, step, rows, columns, more): copies the first rows and columns of a 4 × 8 tile to `out`.

    If `more` is not 0 they are added to the numbers at `out`. The rows of `out` lie `step` bytes apart.
    """
    function = Function((I32,) * 6)
    source, out, step, rows, columns, more = range(6)
    row, column = function.local(I32), function.local(I32)
    offset = i32_shl(get(column), i32(2))
    there = i32_add(get(out), offset)
    before = select(f32_load(there), f32(0.0), get(more))
    one = f32_store(there, f32_add(f32_load(i32_add(get(source), offset)), before))
    line = for_range(column, get(columns), 1, one) + advance(source, 4 * TILE_COLUMNS) + advance(out, get(step))
    function.body = for_range(row, get(rows), 1, line)
    return function


def product() -> Function:
    """Helper (m, n, k, a, b, out, transpose a?, transpose b?, scratch): computes a product by blocks and panels."""
    function = Function((I32,) * 9)
    m, n, k, a, b, out, transpose_a, transpose_b, scratch = range(9)
    # Where the block starts along k and along n; where the tile starts along m and, within the block, along n.
    above, left_of, row, column = (function.local(I32) for _ in range(4))
    # The block's length along k and along n; the number of rows and columns of the tile.
    depth, columns, tile_rows, tile_columns = (function.local(I32) for _ in range(4))
    a_panels, b_panels, target = (function.local(I32) for _ in range(3))

    def row_bytes(length: int) -> bytes:
        return i32_shl(get(length), i32(2))

    def at(base: int, row_index: bytes, row_length: int, column_index: bytes) -> bytes:
        return i32_add(get(base), i32_shl(i32_add(i32_mul(row_index, get(row_length)), column_index), i32(2)))

    def panel_at(panels: int, index: int) -> bytes:
        """The address of the panel that starts at line `index`; the panels before it hold `index` · `depth` numbers."""
        return i32_add(get(panels), i32_shl(i32_mul(get(index), get(depth)), i32(2)))

    a_block = (get(depth), get(m), get(a_panels))
    pack_a = when(
        get(transpose_a),
        call(Helper.PACK_ROWS_BY_4, at(a, get(above), m, i32(0)), row_bytes(m), *a_block),
        call(Helper.PACK_COLUMNS_BY_4, at(a, i32(0), k, get(above)), row_bytes(k), *a_block),
    )
    b_block = (get(depth), get(columns), get(b_panels))
    pack_b = when(
        get(transpose_b),
        call(Helper.PACK_COLUMNS_BY_8, at(b, get(left_of), k, get(above)), row_bytes(k), *b_block),
        call(Helper.PACK_ROWS_BY_8, at(b, get(above), n, get(left_of)), row_bytes(n), *b_block),
    )
    panels = (panel_at(a_panels, row), panel_at(b_panels, column), get(depth))
    # Whole tiles are written to `out` directly, tiles at the edge to the start of the scratch area first.
    whole = call(Helper.TILE, *panels, get(target), row_bytes(n), get(above))
    edge = call(Helper.TILE, *panels, get(scratch), i32(4 * TILE_COLUMNS), i32(0))
    edge += call(
        Helper.COPY_TILE, get(scratch), get(target), row_bytes(n), get(tile_rows), get(tile_columns), get(above)
    )
    is_edge = i32_or(i32_less(get(tile_rows), i32(TILE_ROWS)), i32_less(get(tile_columns), i32(TILE_COLUMNS)))
    one_tile = put(target, at(out, get(row), n, i32_add(get(left_of), get(column))))
    one_tile += put(tile_columns, _smaller(i32_sub(get(columns), get(column)), TILE_COLUMNS)) + when(
        is_edge, edge, whole
    )
    one_row = put(tile_rows, _smaller(i32_sub(get(m), get(row)), TILE_ROWS)) + for_range(
        column, get(columns), TILE_COLUMNS, one_tile
    )
    one_block = put(columns, _smaller(i32_sub(get(n), get(left_of)), BLOCK_COLUMNS)) + pack_b
    one_block += for_range(row, get(m), TILE_ROWS, one_row)
    one_depth = put(depth, _smaller(i32_sub(get(k), get(above)), BLOCK_DEPTH))
    one_depth += put(a_panels, i32_add(get(b_panels), i32_mul(get(depth), i32(4 * BLOCK_COLUMNS)))) + pack_a
    one_depth += for_range(left_of, get(n), BLOCK_COLUMNS, one_block)
    function.body = put(b_panels, i32_add(get(scratch), i32(TILE_BYTES)))
    function.body += for_range(above, get(k), BLOCK_DEPTH, one_depth)
    return function


def _smaller(number: bytes, end: int) -> bytes:
    """Code that pushes the smaller of `number` and a constant; `number` is code, and runs twice."""
    return select(number, i32(end), i32_less(number, i32(end)))


def helpers() -> dict[Helper, Function]:
    """The functions that the code here calls."""
    return {
        Helper.TRANSPOSE: transpose(),
        Helper.PACK_ROWS_BY_4: pack_rows(TILE_ROWS),
        Helper.PACK_ROWS_BY_8: pack_rows(TILE_COLUMNS),
        Helper.PACK_COLUMNS_BY_4: pack_columns(TILE_ROWS),
        Helper.PACK_COLUMNS_BY_8: pack_columns(TILE_COLUMNS),
        Helper.TILE: tile(),
        Helper.COPY_TILE: copy_tile(),
        Helper.PRODUCT: product(),
    }
