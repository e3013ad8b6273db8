/** Writes openapi.json from the contract; a test holds the committed file to it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from '../src/contract/index.ts';

writeFileSync(join(import.meta.dirname, '..', 'openapi.json'), openApiText());
