import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';

const root = dirname(import.meta.dirname);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels, templating } = JSON.parse(read('docs/grafana/switchback.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[] };
};

const questions = [
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query)),
];

/** What the edges and the control plane expose, as their goldens and their own table have it. */
const exposed = new Set([
  ...[...read('src/edge/golden/metrics.txt').matchAll(/^(switchback_\w+)[{ ]/gm)].map(([, name]) => name),
  ...[...read('src/api/metrics.ts').matchAll(/name: '(switchback_\w+)'/g)].map(([, name]) => name),
]);

test('[MX-12] the dashboard for Grafana asks for metrics that there are, and shows a version beside its baseline', () => {
  const asked = new Set(questions.flatMap((question) => question.match(/switchback_\w+/g) ?? []));
  assert.ok(asked.size >= 10, 'it asks for many');
  assert.deepEqual(
    [...asked].filter((name) => !exposed.has(name)),
    [],
  );
  const titles = panels.map(({ title }) => title);
  const beside = titles.filter((title) => title.startsWith('Version: ')).map((title) => title.replace('Version: ', 'Baseline: '));
  assert.ok(beside.length >= 6 && beside.every((title) => titles.includes(title)));
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});

test('[MX-12] what it asks for it asks with the variables that it has', () => {
  const names = new Set([...templating.list.map(({ name }) => name), '__rate_interval']);
  const used = new Set(
    [...JSON.stringify(questions).matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name).filter((name) => name !== undefined),
  );
  assert.deepEqual(
    [...used].filter((name) => !names.has(name)),
    [],
  );
});
