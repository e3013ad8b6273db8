/** A Worker's whole binding, in real workerd: on our bucket and on the one that comes with wrangler, which says what R2 does. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Miniflare, convertV4MiniflareOptions } from 'miniflare';
import { VersionProcess } from '../../src/runtime/index.ts';
import { aWorkbench, ask } from '../../src/runtime/workbench.ts';
import { LABORATORY } from './laboratory.ts';
import { DataClient, R2 } from '../../src/data/index.ts';
import { askR2 } from './ask.ts';

const DATE = '2026-01-01';
type Outcomes = Readonly<Record<string, unknown>>;

/** What a Worker answers whose `env.BUCKET` is a bucket of ours. */
const here = async (t: TestContext, code: string, bucketName = 'files'): Promise<Outcomes> => {
  const bench = await aWorkbench(t);
  const dataFolder = join(bench.runtimeDir, 'data');
  const log = (detail: Outcomes): void => assert.fail(JSON.stringify(detail));
  await using r2 = await R2.open({ dataDir: join(bench.runtimeDir, 'resources'), runtimeDir: dataFolder, log });
  await r2.tidied;
  await using client = new DataClient(dataFolder);
  const asked = await askR2(client, 'files', { method: 'createBucket' });
  assert.equal(asked.fault, undefined);
  const spec = await bench.aVersion(
    { 'index.js': code },
    { compatibilityDate: DATE, bindings: [{ type: 'r2_bucket', name: 'BUCKET', bucket_name: bucketName }] },
  );
  await using running = await VersionProcess.start(spec, { ...bench, dataFolder });
  // The Worker's own words, which the tests compare.
  return JSON.parse(await ask(running.socketPath)) as Outcomes;
};

const there = async (code: string): Promise<Outcomes> => {
  const options = { modules: true as const, script: code, compatibilityDate: DATE, r2Buckets: ['BUCKET'] };
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  try {
    const answer = await miniflare.dispatchFetch('http://hello.test/');
    return (await answer.json()) as Outcomes;
  } finally {
    await miniflare.dispose();
  }
};

/** Where ours does what Cloudflare documents and the other one does not. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'storage class': 'it has none',
  'dates before 1970': 'it takes them for dates in the far future',
  'list what is there of it': 'it has HTTP metadata where nobody asked for it, so that writeHttpMetadata does not say so',
};

test('a bucket does what R2 does, step by step as the one that comes with wrangler', async (t) => {
  const ours = await here(t, LABORATORY);
  const theirs = await there(LABORATORY);
  assert.ok(Object.keys(theirs).length > 70);
  assert.deepEqual(without(ours), without(theirs));
  for (const name of Object.keys(DIFFERENT)) assert.notDeepEqual(ours[name], theirs[name], `${name} is no difference any more`);
  assert.equal(ours['storage class'], 'Standard');
});

const without = (outcomes: Outcomes): Outcomes => Object.fromEntries(Object.entries(outcomes).filter(([name]) => !(name in DIFFERENT)));

/** What a Worker answers that runs `work`. */
const answering = (work: string): string => `
const said = (promise) => promise.then((value) => value ?? null, (error) => error.message);
export default { async fetch(request, { BUCKET: b }) { ${work} } };`;

test('storage classes are kept, and any other is refused', async (t) => {
  const work = `
    await b.put('cold', 'x', { storageClass: 'InfrequentAccess' });
    const upload = await b.createMultipartUpload('parts', { storageClass: 'InfrequentAccess' });
    await upload.complete([await upload.uploadPart(1, 'x')]);
    return Response.json({
      classes: [(await b.head('cold')).storageClass, (await b.list()).objects.map((each) => each.storageClass)],
      other: await said(b.put('x', 'x', { storageClass: 'Hot' })),
    });`;
  assert.deepEqual(await here(t, answering(work)), {
    classes: ['InfrequentAccess', ['InfrequentAccess', 'InfrequentAccess']],
    other: 'put: There is no storage class "Hot"; there are Standard and InfrequentAccess. (10029)',
  });
});

test('what is to be encrypted with a key of the Worker is refused, not stored in the open', async (t) => {
  const work = `
    const ssecKey = 'ab'.repeat(32);
    await b.put('open', 'x');
    return Response.json({
      put: await said(b.put('x', 'x', { ssecKey })), get: await said(b.get('open', { ssecKey })),
      upload: await said(b.createMultipartUpload('x', { ssecKey })), stored: await b.head('x'),
    });`;
  const refused = 'Encryption with a key of your own (ssecKey) is not offered here. (10029)';
  const expected = { put: `put: ${refused}`, get: `get: ${refused}`, upload: `createMultipartUpload: ${refused}`, stored: null };
  assert.deepEqual(await here(t, answering(work)), expected);
});

test('a bucket that is gone is an error of every operation, never an object that is not there', async (t) => {
  const work = `
    const upload = b.resumeMultipartUpload('x', 'y');
    return Response.json({
      get: await said(b.get('x')), head: await said(b.head('x')), list: await said(b.list()), put: await said(b.put('x', 'y'.repeat(300_000))),
      delete: await said(b.delete('x')), create: await said(b.createMultipartUpload('x')), part: await said(upload.uploadPart(1, 'x')),
      complete: await said(upload.complete([])), abort: await said(upload.abort()),
    });`;
  for (const [step, outcome] of Object.entries(await here(t, answering(work), 'gone')))
    assert.match(String(outcome), /: The specified bucket does not exist\. \(10006\)$/, step);
});

test('a list whose metadata is more than workerd reads stops before, and goes on where it stopped', async (t) => {
  const work = `
    for (let i = 0; i < 300; i += 1) await b.put(String(i).padStart(3, '0') + 'k'.repeat(1000), '', { customMetadata: { a: '\\u0001'.repeat(8000) } });
    const keys = []; let pages = 0;
    for (let cursor; ;) {
      const page = await b.list({ cursor, include: ['customMetadata'] });
      pages += 1; keys.push(...page.objects.map((each) => each.key.slice(0, 3)));
      if (!page.truncated) return Response.json({ pages, keys });
      cursor = page.cursor;
    }`;
  const { pages, keys } = await here(t, answering(work));
  assert.deepEqual(
    keys,
    Array.from({ length: 300 }, (_, index) => String(index).padStart(3, '0')),
  );
  assert.ok(Number(pages) > 10, `${String(pages)} pages`);
});

test('uploads that do not exist are named as such, and at most a thousand keys are deleted at once', async (t) => {
  const work = `
    const unknown = b.resumeMultipartUpload('x', 'unknown');
    return Response.json({
      part: await said(unknown.uploadPart(1, 'x')), complete: await said(unknown.complete([])), abort: await said(unknown.abort()),
      delete: await said(b.delete(Array.from({ length: 1001 }, (_, i) => 'k' + i))), cursor: await said(b.list({ cursor: '%%' })),
      noKey: await said(b.put('', 'x')),
    });`;
  const outcomes = await here(t, answering(work));
  const codes = Object.entries(outcomes).map(([step, outcome]) => [step, /\((\d+)\)$/.exec(String(outcome))?.[1]]);
  assert.deepEqual(Object.fromEntries(codes), {
    part: '10024',
    complete: '10024',
    abort: '10024',
    delete: '10029',
    cursor: '10029',
    noKey: '10020',
  });
});
