import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { uuid } from '../../test/support/builders.ts';
import { ADA, aControlPlane, aScriptUpload, aVersionUpload, type ControlPlane } from '../../test/support/control-plane.ts';
import { Model, type ModelSplit, type ModelWorker, type Step } from '../../test/support/model.ts';
import type { Result } from '../base/index.ts';
import { tableAfter, type Refusal, type RequestedBinding, type RoutingTable, type Split } from '../domain/index.ts';
import {
  answered,
  changeSecrets,
  changeSecretsOfNewest,
  deleteDeployment,
  deleteVersion,
  deleteWorker,
  deploy,
  Publisher,
  storedSpec,
  upload,
} from './index.ts';

const WINDOW = 4;
const unknown = (number: number): string => uuid(0xdead00 + number);

/** The product beside the model: what has which id, and what an edge that follows the feed serves. */
class Product {
  readonly plane: ControlPlane;
  readonly #publisher: Publisher;
  readonly #versionIds = new Map<string, string>();
  readonly #deploymentIds = new Map<string, string>();
  table!: RoutingTable;

  private constructor(plane: ControlPlane) {
    this.plane = plane;
    this.#publisher = new Publisher({ store: plane.control.store, feed: plane.control.feed, baseDomain: 'localhost', log: () => {} });
  }

  static async start(t: TestContext): Promise<Product> {
    const product = new Product(await aControlPlane(t, { deployableVersions: WINDOW }));
    product.plane.ids.areScattered = true;
    const { feed } = product.plane.control;
    await product.#publisher.join('edge', (message) => {
      if (message.type === 'table') product.table = message.table;
      if (message.type === 'change')
        product.table = tableAfter(product.table, message.change) ?? assert.fail('a change does not follow on');
      const versionIds = message.type === 'warm' ? message.versionIds : [];
      const processes = versionIds.map((versionId) => ({ versionId, script: '', state: 'ready' as const, restarts: 0 }));
      feed.report({ edge: 'edge', generation: product.table.generation, url: '', processes });
    });
    return product;
  }

  async take(step: Step): Promise<Result<unknown, Refusal>> {
    const { control } = this.plane;
    switch (step.do) {
      case 'upload':
      case 'version': {
        const bindings = Object.entries(step.secrets).map(([name, text]): RequestedBinding => ({ type: 'secret_text', name, text }));
        const request = step.do === 'upload' ? aScriptUpload : aVersionUpload;
        const made = await upload(control, ADA, await request(control, step.worker, { code: step.code, metadata: { bindings } }));
        if (made.ok) await answered(control, made.value.version.id);
        return made;
      }
      case 'deploy': {
        const shares = step.split.map(({ number, percentage }) => ({ version_id: this.#versionId(step.worker, number), percentage }));
        const { worker, force } = step;
        return deploy(control, ADA, { worker, shares, force, message: undefined, expectedActive: undefined, triggeredBy: 'deployment' });
      }
      case 'secret':
      case 'newest secret': {
        const change = step.do === 'secret' ? changeSecrets : changeSecretsOfNewest;
        return change(control, ADA, { worker: step.worker, changes: { [step.name]: step.value === null ? null : { text: step.value } } });
      }
      case 'delete version':
        return deleteVersion(control, ADA, step.worker, this.#versionId(step.worker, step.number));
      case 'delete deployment':
        return deleteDeployment(
          control,
          ADA,
          step.worker,
          this.#deploymentIds.get(`${step.worker} ${step.number}`) ?? unknown(step.number),
        );
      case 'delete worker':
        this.#forget(step.worker);
        return deleteWorker(control, ADA, step.worker);
    }
  }

  /** What is stored of a Worker, said as the model says it. */
  async worker(name: string): Promise<ModelWorker | undefined> {
    const { control } = this.plane;
    const { workers, versions, deployments } = control.store.read;
    const worker = await workers.byName(name);
    if (worker === undefined) return undefined;
    const all = { offset: 0, limit: 1000 };
    const stored = (await versions.page(worker.tag, all)).toReversed();
    for (const { id, number } of stored) this.#versionIds.set(`${name} ${number}`, id);
    const log = (await deployments.page(worker.tag, all)).toReversed();
    for (const { id, number } of log) this.#deploymentIds.set(`${name} ${number}`, id);
    return {
      nextNumber: worker.nextNumber,
      nextDeployment: log.at(-1)!.number + 1,
      versions: await Promise.all(
        stored.map(async (version) => ({
          number: version.number,
          code: version.modules[0]!.digest,
          secrets: await this.#secretsOf(version.id),
        })),
      ),
      log: log.map(({ number, split }) => ({ number, split: this.#inNumbers(name, split) })),
    };
  }

  /** What the edge serves of a Worker. */
  served(name: string): ModelSplit | undefined {
    const entry = this.table.workers.find((worker) => worker.name === name);
    return entry && this.#inNumbers(name, entry.deployment?.split ?? []);
  }

  #inNumbers(worker: string, split: Split): ModelSplit {
    const numbers = new Map([...this.#versionIds].map(([key, id]) => [id, key]));
    return split.map(({ versionId, share }) => {
      const [name, number] = (numbers.get(versionId) ?? '').split(' ');
      assert.equal(name, worker);
      return { number: Number(number), percentage: share / 1000 };
    });
  }

  async #secretsOf(versionId: string): Promise<Record<string, string>> {
    const spec = await storedSpec(this.plane.control, versionId);
    assert.ok(spec.ok);
    return Object.fromEntries(
      spec.value.bindings.flatMap((binding) => (binding.type === 'secret_text' ? [[binding.name, binding.text]] : [])),
    );
  }

  #versionId(worker: string, number: number): string {
    return this.#versionIds.get(`${worker} ${number}`) ?? unknown(number);
  }

  #forget(worker: string): void {
    for (const ids of [this.#versionIds, this.#deploymentIds])
      for (const key of ids.keys()) if (key.startsWith(`${worker} `)) ids.delete(key);
  }
}

const digestOf = (code: string): string => createHash('sha256').update(code).digest('hex');

const inDigests = (worker: ModelWorker): ModelWorker => ({
  ...worker,
  versions: worker.versions.map(({ number, code, secrets }) => ({ number, code: digestOf(code), secrets })),
});

const worker = fc.constantFrom('a', 'b');
const number = fc.integer({ min: 1, max: 10 });
const name = fc.constantFrom('TOKEN', 'KEY');
const value = fc.constantFrom('1', '2');
const uploads = fc.record({
  do: fc.constantFrom('upload' as const, 'version' as const),
  worker,
  code: fc.constantFrom('one', 'two'),
  secrets: fc.dictionary(name, value, { maxKeys: 1 }),
});
const splits = fc.oneof(
  number.map((alone) => [{ number: alone, percentage: 100 }]),
  fc.tuple(number, number, fc.constantFrom(0, 10, 50)).map(([one, other, percentage]) => [
    { number: one, percentage: 100 - percentage },
    { number: other, percentage },
  ]),
  number.map((half) => [{ number: half, percentage: 50 }]),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: uploads,
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deploy' as const), worker, split: splits, force: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('secret' as const, 'newest secret' as const), worker, name, value: fc.option(value) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('delete version' as const, 'delete deployment' as const), worker, number }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete worker' as const), worker }) },
);

test('[A-3] [A-4] [D-13] [S-2] [V-4] whatever is done in whatever order, store, audit log and table are as the rules say', async (t) => {
  const steps = fc.array(fc.record({ step, clockMs: fc.integer({ min: -100, max: 100 }) }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const [model, product] = [new Model(WINDOW), await Product.start(t)];
      const { control, clock } = product.plane;
      for (const { step: next, clockMs } of script) {
        clock.move(clockMs);
        const before = await control.store.read.meta.generation();
        const made = await product.take(next);
        assert.equal(made.ok ? undefined : made.refusal.code, model.take(next), JSON.stringify(next));
        const generation = await control.store.read.meta.generation();
        assert.ok(generation - before <= (made.ok ? 1 : 0), 'one generation for a change, none for a refusal');
        assert.deepEqual(await control.feed.confirmed(generation), [], 'the edge serves what was acknowledged');
        for (const called of ['a', 'b']) {
          const expected = model.workers.get(called);
          assert.deepEqual(await product.worker(called), expected && inDigests(expected));
          assert.deepEqual(product.served(called), expected?.log.at(-1)?.split);
        }
        assert.equal(await control.store.read.audit.count(), model.changes);
      }
      await control.store.close();
    }),
    { numRuns: 40 },
  );
});
