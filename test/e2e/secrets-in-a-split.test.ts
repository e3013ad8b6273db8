/** A secret changes in the middle of a split, by the real wrangler: visitors and objects stay with the code that they had. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** Says which code answers a visitor, which one runs the visitor's object, and the secret that each has. */
const telling = (label: string): string => `
  import { DurableObject } from 'cloudflare:workers';
  export class Room extends DurableObject {
    who() { return ${JSON.stringify(label)} + this.env.TOKEN; }
  }
  export default {
    async fetch(request, { ROOM, TOKEN }) {
      return Response.json([${JSON.stringify(label)} + TOKEN, await ROOM.getByName(new URL(request.url).pathname).who()]);
    },
  };`;

const projectAt = (label: string): string =>
  makeProject({
    dir: server.projectFolder('rooms'),
    name: 'rooms',
    code: telling(label),
    config: {
      compatibility_date: '2026-01-01',
      durable_objects: { bindings: [{ name: 'ROOM', class_name: 'Room' }] },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['Room'] }],
    },
    format: 'jsonc',
  });

const wrangler = async (args: readonly string[], input?: string): Promise<string> => {
  const project = server.projectFolder('rooms');
  return succeeded(await server.client('4.164', args, input === undefined ? { project } : { project, input })).combined;
};

const active = async (): Promise<readonly string[]> => {
  const { deployments } = (await server.api('GET', 'workers/scripts/rooms/deployments')) as {
    deployments: readonly { versions: readonly { version_id: string }[] }[];
  };
  return deployments[0]?.versions.map(({ version_id }) => version_id) ?? [];
};

const VISITORS = Array.from({ length: 24 }, (_, index) => `visitor-${index}`);

/** Of each visitor: the code that answers, and the code of the object. */
const told = async (secret: string): Promise<readonly (readonly [string, string])[]> => {
  const all: [string, string][] = [];
  for (const visitor of VISITORS) {
    const { status, text } = await server.visit('rooms', `/${visitor}`, { 'cloudflare-workers-version-key': visitor });
    assert.equal(status, 200, text);
    const [answering, object] = JSON.parse(text) as [string, string];
    for (const one of [answering, object]) assert.ok(one.endsWith(secret), `${one} has the secret ${secret}`);
    all.push([answering.slice(0, -secret.length), object.slice(0, -secret.length)]);
  }
  return all;
};

test('[S-8] `wrangler secret put` in a split moves no visitor with a key and no object, also after everything is lost; a raised share moves them only towards it', async () => {
  projectAt('one');
  await wrangler(['deploy']);
  await wrangler(['secret', 'put', 'TOKEN'], 'first');
  const one = (await active())[0]!;
  projectAt('two');
  const two = idAfter('Worker Version ID:', await wrangler(['versions', 'upload']));
  await wrangler(['versions', 'deploy', `${one}@50`, `${two}@50`, '-y']);
  const before = await told('first');
  for (const place of [0, 1] as const) assert.equal(new Set(before.map((each) => each[place])).size, 2);

  for (const secret of ['second', 'third']) {
    await wrangler(['secret', 'put', 'TOKEN'], secret);
    assert.deepEqual(await told(secret), before);
  }
  const changed = await active();
  assert.ok(!changed.includes(one) && !changed.includes(two));
  const { folder } = server;
  await server.killAll();
  server = await startServer({ folder });
  assert.deepEqual(await told('third'), before);

  await wrangler(['versions', 'deploy', `${changed[0]}@20`, `${changed[1]}@80`, '-y']);
  const raised = await told('third');
  assert.notDeepEqual(raised, before);
  raised.forEach((each, at) => each.forEach((label, place) => assert.ok(label === 'two' || label === before[at]![place])));
});
