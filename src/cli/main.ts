import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Compiled code is kept beside the packages: without it every command compiles all of it first. Where nobody may write there, none is kept.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'switchback'));
const { runCli } = await import('./index.ts');
process.exitCode = await runCli(process.argv.slice(2));
