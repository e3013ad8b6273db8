import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { answering, makeProject } from './project.ts';

const CONFIG = {
  workers_dev: false,
  compatibility_flags: ['nodejs_compat'],
  vars: { GREETING: 'Say "hi"', 'with space': 1, LIMITS: { cpu: 50 } },
  routes: [{ pattern: 'example.com/*', zone_name: 'example.com' }],
  env: { staging: { vars: { GREETING: 'hello' } } },
};

const TOML = `name = "hello"
main = "src/index.js"
compatibility_date = "2023-05-18"
workers_dev = false
compatibility_flags = ["nodejs_compat"]

[vars]
GREETING = "Say \\"hi\\""
"with space" = 1

[vars.LIMITS]
cpu = 50

[[routes]]
pattern = "example.com/*"
zone_name = "example.com"

[env]

[env.staging]

[env.staging.vars]
GREETING = "hello"
`;

test('a project is its code and a configuration that old wranglers read as TOML and new ones as JSON', () => {
  const dir = mkdtempSync(join(tmpdir(), 'switchback-project-'));
  try {
    makeProject({ dir, name: 'hello', code: answering('one'), config: CONFIG });
    assert.equal(readFileSync(join(dir, 'wrangler.toml'), 'utf8'), TOML);
    makeProject({ dir, name: 'hello', code: answering('two'), config: CONFIG, format: 'jsonc' });
    assert.deepEqual(JSON.parse(readFileSync(join(dir, 'wrangler.jsonc'), 'utf8')), {
      name: 'hello',
      main: 'src/index.js',
      compatibility_date: '2023-05-18',
      ...CONFIG,
    });
    assert.equal(readFileSync(join(dir, 'src', 'index.js'), 'utf8'), answering('two'));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
