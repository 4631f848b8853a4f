// Reads the recording of the default experiment, which `tools/snapshot/record.py` makes and describes, and gives the
// page the same answers as the lab would.

const FILE = new URL("../vendor/pyodide/recording.zlib", import.meta.url).href;
const BREAK = 9999999;
// What pictures have only where something is pointed at or turned: nothing is, in a recording.
const EMPTY = ["axes", "shares", "place_position", "place_scores", "point_scores", "point_targets", "point_values"];

// Asked for as soon as this module is there, and read when it is wanted: before the controls there is no time.
const inflating = fetch(FILE).then(inflated);
inflating.catch(() => {});

export const recording = async () => unpacked(await inflating);

// `{ opened, count, answer(index, palette) }`: the answer to opening the run, how many others there are, and each of
// them, with its picture in the colours of a palette of the page's.
export function unpacked(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const { full, opened, history, answers, parts } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const next = reader(bytes.subarray(4 + length));
    for (const [name, kind, counts] of parts) {
        let before = null;
        answers.forEach(({ picture }, index) => {
            // What a picture lacks is as it was.
            if (counts[index] >= 0) {
                const side = name === "tiles" ? picture.tile_size : picture.resolution + 1;
                before = kind === "path" ? path(next, counts[index]) : changed(next, counts[index], before, kind === "image" ? side : 0);
            }
            picture[name] = before;
        });
    }
    for (const name of ["probes", "scale_values"])
        answers.forEach(({ picture }, index) => (picture[name] ??= answers[index - 1].picture[name]));
    return {
        opened: { ...opened, ...Object.fromEntries(["plane", "unit", "axis_units", "targets"].map((name) => [name, floats(opened[name])])) },
        count: answers.length,
        answer: (index, { classes, signs, neutral, boundary }) => {
            const { epoch, step, live, picture } = answers[index];
            return {
                epoch,
                step,
                last_epoch: epoch,
                live,
                diverged: false,
                metrics: floats(history.slice(1).map((row) => row[index])),
                measured: true,
                milliseconds: floats([0, 0, 0, 0, 0, 0]),
                history: floats(history.flatMap((row) => row.slice(0, index + 1))),
                picture: {
                    ...picture,
                    ...Object.fromEntries(EMPTY.map((name) => [name, floats([])])),
                    ...Object.fromEntries(["unit", "extent", "shape", "probes", "upright", "parted", "tile_scales", "scale_values"].map((name) => [name, floats(picture[name])])),
                    pixels: mixed(picture.pixels, full, classes[0], neutral, classes[1]),
                    scale: mixed(picture.scale, full, classes[0], neutral, classes[1]),
                    tiles: mixed(picture.tiles, full, signs[0], neutral, signs[1]),
                    miniatures: inked(picture.miniatures, [neutral, classes[0], classes[1], boundary]),
                    zero_lines: new Int32Array(),
                },
            };
        },
    };
}

async function inflated(response) {
    if (!response.ok) throw new Error(`${response.url} is missing (${response.status}).`);
    const stream = response.body.pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

const floats = (numbers) => new Float64Array(numbers);

// A function that gives one number from 0 up after the other: seven bits a byte, the lowest first.
function reader(bytes) {
    let at = 0;
    return () => {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = bytes[at++];
            value |= (byte & 127) << shift;
            if (byte < 128) return value;
        }
    };
}

// The whole number for which a number from 0 up stands: 0, -1, 1, -2, 2 …
const unfolded = (number) => (number & 1 ? -(number >>> 1) - 1 : number >>> 1);

// Numbers that were expected to be those `before`; or, for images of that `side`, to have changed as a plane does.
function changed(next, count, before, side) {
    const change = new Int32Array(count);
    for (let at = 0; at < count; at++) {
        change[at] = unfolded(next());
        if (!side) continue;
        const column = at % side, row = Math.floor(at / side) % side;
        const left = column && change[at - 1], above = row && change[at - side];
        change[at] += left + above - (column && row && change[at - side - 1]);
    }
    return before?.length === count ? change.map((value, at) => value + before[at]) : change;
}

function path(next, count) {
    const result = new Int32Array(count);
    let x = 0, y = 0, right = 0, up = 0, starts = true;
    for (let at = 0; at < count; ) {
        const first = next(), ends = first & 1;
        const across = unfolded(first >>> 1) + right, along = unfolded(next()) + up;
        result[at++] = x += across;
        result[at++] = y += along;
        if (ends && at < count) result[at++] = BREAK;
        const known = !starts && !ends;
        right = known ? across : 0;
        up = known ? along : 0;
        starts = Boolean(ends);
    }
    return result;
}

// Pixels, RGBA, of numbers from -full, all of one colour, over 0, the neutral one, to full, all of the other.
function mixed(numbers, full, one, neutral, other) {
    const pixels = new Uint8Array(4 * numbers.length);
    numbers.forEach((number, at) => {
        const colour = number < 0 ? one : other;
        const share = Math.abs(number) / full;
        for (let part = 0; part < 3; part++) pixels[4 * at + part] = Math.round(neutral[part] + share * (colour[part] - neutral[part]));
        pixels[4 * at + 3] = 255;
    });
    return pixels;
}

// Pixels, RGBA, of the numbers of their colours.
function inked(numbers, colours) {
    const inks = new Int32Array(Uint8Array.from(colours.flatMap((colour) => [...colour, 255])).buffer);
    return new Uint8Array(numbers.map((number) => inks[number]).buffer);
}
