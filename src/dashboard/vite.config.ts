import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { endpoints, ownEndpoints, type Endpoint } from '../contract/index.ts';

const CONTRACT = 'virtual:contract';

const routesOf = (base: string, family: Readonly<Record<string, Endpoint>>) =>
  Object.entries(family).map(([name, { method, path }]) => [name, [method, base + path]]);

/** Of the contract a browser needs methods and paths; what its answers are is known to the compiler. */
const contract: Plugin = {
  name: 'contract',
  resolveId: (id) => (id === CONTRACT ? `\0${CONTRACT}` : undefined),
  load: (id) =>
    id === `\0${CONTRACT}`
      ? `export const routes = ${JSON.stringify(Object.fromEntries([...routesOf('/client/v4', endpoints), ...routesOf('/switchback/v1', ownEndpoints)]))};`
      : undefined,
};

/** The control plane sends these where a browser takes them, and compresses nothing itself. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  // Vite itself writes into what it built until the end.
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!/\.(js|css|html|svg)$/.test(fileName)) continue;
        const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
        const brotli = brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
        this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotli });
        this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
      }
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), contract, compressed],
  build: {
    outDir: join(import.meta.dirname, '..', '..', 'dist', 'dashboard'),
    emptyOutDir: true,
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
    // What would stand in a page as data: the policy allows of images only.
    assetsInlineLimit: 0,
  },
});
