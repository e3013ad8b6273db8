import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The Worker of the demo: it says which version of it answers. */
const source = (greeting: string): string => `export default {
  async fetch() {
    return new Response('${greeting}');
  },
};
`;

export interface DemoProject {
  readonly folder: string;
  readonly script: string;
  edit(greeting: string): Promise<void>;
}

export const createDemoProject = async (script: string): Promise<DemoProject> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchback-demo-'));
  await mkdir(join(folder, 'src'));
  const config = { name: script, main: 'src/index.js', compatibility_date: '2026-11-01', workers_dev: true, send_metrics: false };
  await writeFile(join(folder, 'wrangler.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  return { folder, script, edit: async (greeting) => writeFile(join(folder, 'src', 'index.js'), source(greeting)) };
};
