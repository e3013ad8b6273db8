import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import add from './add.wasm';
import letters from './letters.bin';
import greeting from './greeting.txt';
import colours from './colours.json';

export default {
  async fetch(): Promise<Response> {
    const { exports } = await WebAssembly.instantiate(add);
    return Response.json({
      wasm: exports.add(2, 3),
      text: greeting.trim(),
      data: Buffer.from(letters).toString('hex'),
      json: colours,
      sha256: createHash('sha256').update(greeting.trim()).digest('hex'),
    });
  },
};
