// Runs in Node.js, for `snapshot.py`: makes the pack from which the lab starts, and what the page shows meanwhile.
//
//   node build.mjs compile FOLDER    source.zip, Python modules -> compiled.zip, their bytecode
//   node build.mjs snapshot FOLDER   packages.zip and lab.zip, bytecode; the libraries that libraries.json
//                                    lists -> lab.pack
//
//   node build.mjs record FOLDER     the same -> recording.zlib, the default experiment as the lab answers it
//
// FOLDER holds Pyodide's files too, among them python_stdlib.zip. The same files make the same bytes, in whatever folder:
// clocks stand still, hashes and random numbers have fixed seeds.

import nodeCrypto from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const [command, folder] = process.argv.slice(2);
const file = (name) => join(folder, name);
const script = (name) => readFileSync(join(here, name), "utf8");
// Pyodide keeps the program's path in its memory, by which the memory would tell whose machine it was made on.
process.argv[1] = basename(process.argv[1]);
const { loadPyodide } = await import(pathToFileURL(file("pyodide.mjs")));

function standStill() {
    const then = Date.UTC(2025, 0, 1);
    Date.now = () => then;
    performance.now = () => 0;
    let number = 0;
    // Of these two Pyodide takes the first in browsers and the second in Node.js.
    crypto.getRandomValues = nodeCrypto.randomFillSync = (bytes) => {
        for (let index = 0; index < bytes.length; index++) bytes[index] = number = (number * 69 + 5) % 251;
        return bytes;
    };
}

async function compile() {
    // A fixed seed of hashes, because constant sets are written in the order of their hashes.
    const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
    python.FS.writeFile("/source.zip", readFileSync(file("source.zip")));
    python.runPython(script("compile_modules.py"));
    writeFileSync(file("compiled.zip"), python.FS.readFile("/compiled.zip"));
}

// The memory must not refer to JavaScript objects that will not exist when it is read back. Pyodide keeps references to
// the method that Python called last and to its object, which here is the memory of a network that is gone.
function leftBehind(object) {
    if (object === Uint8Array.prototype.subarray || object instanceof Uint8Array) return null;
    throw new Error(`The lab's memory refers to ${object}.`);
}

async function snapshot() {
    const { collectPlaces, difference, linkFirst, pack } = await import(pathToFileURL(file("snapshot.mjs")));
    await import(pathToFileURL(file("pyodide.asm.js")));
    const libraries = JSON.parse(readFileSync(file("libraries.json"), "utf8"));
    const contents = Object.fromEntries(libraries.map((path) => [path, readFileSync(file(basename(path)))]));
    const modules = Object.fromEntries(
        Object.entries(contents).map(([path, bytes]) => [path, new WebAssembly.Module(bytes)])
    );
    let runtime, base;
    const places = [];
    linkFirst(modules, collectPlaces(places), (Module, memory) => {
        runtime = Module;
        base = memory;
    });
    standStill();
    const python = await loadPyodide({
        env: { PYTHONHASHSEED: "0" },
        _makeSnapshot: true,
    });
    python.FS.writeFile("/packages.zip", readFileSync(file("packages.zip")));
    python.FS.writeFile("/lab.zip", readFileSync(file("lab.zip")));
    // Python checks that a library's file exists before it asks for the linked library.
    for (const path of libraries) {
        python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        python.FS.writeFile(path, new Uint8Array());
    }
    python.runPython(script("import_modules.py"));
    const state = runtime.API.serializeHiwireState(leftBehind);
    const { runs, content } = difference(runtime.HEAPU8, base);
    const header = { size: runtime.HEAPU8.length, state, runs, libraries, places };
    writeFileSync(file("lab.pack"), pack(header, { memory: content, ...contents }));
}

async function record() {
    standStill();
    const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
    for (const name of ["packages.zip", "lab.zip"]) python.FS.writeFile(`/${name}`, readFileSync(file(name)));
    for (const path of JSON.parse(readFileSync(file("libraries.json"), "utf8"))) {
        python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        python.FS.writeFile(path, readFileSync(file(basename(path))));
    }
    python.runPython(script("import_modules.py"));
    python.runPython(script("record.py"));
    python.runPython('open("/recording.zlib", "wb").write(recording())');
    writeFileSync(file("recording.zlib"), python.FS.readFile("/recording.zlib"));
}

// By default Node.js would also print the line of the script, which for Pyodide is a megabyte long.
try {
    await { compile, snapshot, record }[command]();
} catch (error) {
    console.error(error.message);
    process.exit(1);
}
