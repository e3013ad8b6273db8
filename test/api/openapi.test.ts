import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { endpoints, openApiDocument, openApiText, ownEndpoints } from '../../src/contract/index.ts';

const committed = readFileSync(join(import.meta.dirname, '..', '..', 'openapi.json'), 'utf8');

test('[A-5] openapi.json is the contract: `node scripts/openapi.ts` writes it', () => {
  assert.equal(committed, openApiText());
});

test('[A-5] the description has every call once, and everything it refers to', () => {
  const operations = Object.values(openApiDocument().paths ?? {}).flatMap((path) => Object.values(path));
  const ids = operations.map((operation) => (operation as { readonly operationId: string }).operationId);
  assert.deepEqual(ids.toSorted(), [...Object.keys(endpoints), ...Object.keys(ownEndpoints)].toSorted());
  const defined = new Set(Object.keys(openApiDocument().components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`));
  const used = [...committed.matchAll(/"\$ref": "([^"]+)"/g)].map(([, ref = '']) => ref);
  assert.deepEqual(
    used.filter((ref) => !defined.has(ref)),
    [],
  );
});
