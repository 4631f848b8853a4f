// Reads a recording as the page does: node recording_reader.mjs RECORDING.MJS PALETTE takes one on the standard input and
// prints its answers, in the colours of the palette, as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";

const [module, palette] = process.argv.slice(2);
const { unpacked } = await import(pathToFileURL(module).href);
const { opened, count, answer } = unpacked(new Uint8Array(inflateSync(readFileSync(0))));
const answers = Array.from({ length: count }, (_, index) => answer(index, JSON.parse(palette)));
const plain = (name, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
console.log(JSON.stringify({ opened, answers }, plain));
