// Runs in Node.js, for `snapshot.py`: makes the pack that the lab starts from.
//
//   node build.mjs compile FOLDER    *.source.zip, Python sources -> *.zip, their bytecode
//   node build.mjs snapshot FOLDER   stdlib.zip and packages.zip, bytecode; the libraries that libraries.json lists;
//                                    lab.zip, sources -> lab.pack; python_stdlib.zip, what is not imported
//
// FOLDER holds Pyodide's files too. The same folder makes the same bytes: clocks stand still, hashes
// and random numbers have fixed seeds.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const [command, folder] = process.argv.slice(2);
const file = (name) => join(folder, name);
const script = (name) => readFileSync(join(here, name), "utf8");
const { loadPyodide } = await import(pathToFileURL(file("pyodide.mjs")));

function standStill() {
    const then = Date.UTC(2025, 0, 1);
    Date.now = () => then;
    performance.now = () => 0;
    let number = 0;
    crypto.getRandomValues = (bytes) => {
        for (let index = 0; index < bytes.length; index++) bytes[index] = number = (number * 69 + 5) % 251;
        return bytes;
    };
}

async function compile() {
    const python = await loadPyodide();
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".source.zip"))) {
        python.FS.writeFile("/source.zip", readFileSync(file(name)));
        python.runPython(script("compile_modules.py"));
        writeFileSync(file(name.replace(".source", "")), python.FS.readFile("/compiled.zip"));
    }
}

async function snapshot() {
    const { difference, linkFirst, pack } = await import(pathToFileURL(file("snapshot.mjs")));
    await import(pathToFileURL(file("pyodide.asm.js")));
    const libraries = JSON.parse(readFileSync(file("libraries.json"), "utf8"));
    const contents = Object.fromEntries(libraries.map((path) => [path, readFileSync(file(basename(path)))]));
    const modules = Object.fromEntries(
        Object.entries(contents).map(([path, bytes]) => [path, new WebAssembly.Module(bytes)])
    );
    let runtime, base;
    linkFirst(modules, (Module, memory) => {
        runtime = Module;
        base = memory;
    });
    standStill();
    const python = await loadPyodide({
        stdLibURL: file("stdlib.zip"),
        env: { PYTHONHASHSEED: "0" },
        _makeSnapshot: true,
    });
    python.FS.writeFile("/packages.zip", readFileSync(file("packages.zip")));
    python.FS.writeFile("/lab.zip", readFileSync(file("lab.zip")));
    // Python looks whether a library is there before it asks for the one that is linked.
    for (const path of libraries) {
        python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        python.FS.writeFile(path, new Uint8Array());
    }
    python.runPython(script("import_modules.py"));
    // Checks that nothing in memory refers to an object of JavaScript's that would not be there.
    const state = runtime.API.serializeHiwireState();
    const { runs, content } = difference(runtime.HEAPU8, base);
    const header = { memory: runtime.HEAPU8.length, state, runs };
    writeFileSync(file("lab.pack"), pack(header, { memory: content, ...contents }));
    writeFileSync(file("python_stdlib.zip"), python.FS.readFile("/rest.zip"));
}

// Left to itself Node.js prints the line of the script as well, which for Pyodide's is a megabyte.
try {
    await { compile, snapshot }[command]();
} catch (error) {
    console.error(error.message);
    process.exit(1);
}
