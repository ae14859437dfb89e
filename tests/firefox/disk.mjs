// What a browser wrote down in the folder of its profile: every file, as text of one or two bytes a letter.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const FIREFOX = "mozLz40\0";

// "word in file", for each word and each file that holds it.
export async function written(folder, words) {
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = plain(await readFile(path).catch(() => Buffer.alloc(0))); // gone meanwhile
    const holds = (word) => bytes.includes(word) || bytes.includes(word, 0, "utf16le");
    found.push(...words.filter(holds).map((word) => `${word} in ${path.slice(folder.length + 1)}`));
  }
  return found;
}

// Firefox packs its session (LZ4, one block, behind its own mark and the length): unpacked, no word hides.
function plain(bytes) {
  if (bytes.subarray(0, FIREFOX.length).toString() !== FIREFOX) return bytes;
  const out = Buffer.alloc(bytes.readUInt32LE(FIREFOX.length));
  let [at, end] = [FIREFOX.length + 4, 0];
  const length = (start) => {
    for (let more = start === 15 ? 255 : 0; more === 255; start += more) more = bytes[at++];
    return start;
  };
  while (at < bytes.length) {
    const mark = bytes[at++];
    const letters = length(mark >> 4);
    end += bytes.copy(out, end, at, (at += letters));
    if (at >= bytes.length) break;
    const back = bytes.readUInt16LE(at);
    at += 2;
    for (let left = length(mark & 15) + 4; left > 0; left -= 1, end += 1) out[end] = out[end - back];
  }
  return out;
}
