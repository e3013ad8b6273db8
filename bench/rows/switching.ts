import { Pool } from 'undici';
import { bareStartMs, prepareBare } from '../bare.ts';
import { atMost, besides, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { PacedVisitors } from '../paced.ts';
import { Product } from '../product.ts';
import { hello } from '../sources.ts';
import { percentile, spreadOf } from '../spread.ts';

const TRAFFIC = { rate: 200, connections: 32 };
const MOST_MS = 50;

interface Switch {
  /** From the call to its answer. */
  readonly acknowledgedMs: number;
  /** From there to the end of the first answer by the version that was switched to. */
  readonly firstAnswerMs: number;
  /** Answers by the version that was left, to requests that began after the acknowledgement. */
  readonly stale: number;
  /** What the bare runtime needs for the same: a start with the other code. */
  readonly bareMs: number;
}

/** Worker and version by what they answer; the version's id. */
interface Version {
  readonly says: string;
  readonly id: string;
}

export const switching: Row = {
  name: 'switching',
  title: `From a deployment's acknowledgement to the first answer by its version, ${TRAFFIC.rate} requests/s running`,
  measure: async ({ isQuick, say }) => {
    const { warm, cold } = isQuick ? { warm: 5, cold: 3 } : { warm: 50, cold: 20 };
    await using product = await Product.start();
    const first: Version = { says: 'first', id: await product.deployed('one', hello('first')) };
    const second: Version = { says: 'second', id: await product.uploaded('one', hello('second')) };
    const unstarted = await uploadedVersions(product, cold);
    await using switcher = new Switcher(product);
    for (const version of [second, first]) await switcher.to(version);
    await using visitors = new PacedVisitors({ url: product.edgeUrl, host: product.host('one') }, TRAFFIC);
    const forward: Switch[] = [];
    const back: Switch[] = [];
    for (let at = 1; at <= warm; at += 1) {
      if (at % 10 === 0) say(`${at} of ${warm} switches and rollbacks`);
      forward.push(await switcher.to(second));
      back.push(await switcher.to(first));
    }
    const colds: Switch[] = [];
    for (const [at, version] of unstarted.entries()) {
      if (at % 5 === 0) say(`${at} of ${cold} switches to a version that does not run`);
      colds.push(await switcher.to(version));
      await switcher.to(first);
    }
    await visitors.stop();
    return [
      ...figuresOf('to a warm version', forward, MOST_MS),
      ...figuresOf('rollback to a warm version', back, MOST_MS),
      ...figuresOf('to a cold version', colds),
      ...losses([...forward, ...back, ...colds], visitors),
    ];
  },
};

const uploadedVersions = async (product: Product, count: number): Promise<readonly Version[]> => {
  const versions: Version[] = [];
  for (let at = 0; at < count; at += 1) {
    const says = `cold ${at}`;
    versions.push({ says, id: await product.uploaded('one', hello(says)) });
  }
  return versions;
};

class Switcher implements AsyncDisposable {
  readonly #product: Product;
  readonly #visitor: Pool;
  readonly #startBare = prepareBare(hello());

  constructor(product: Product) {
    this.#product = product;
    this.#visitor = new Pool(product.edgeUrl, { connections: 1, pipelining: 1 });
  }

  async to({ id, says }: Version): Promise<Switch> {
    const bareMs = await bareStartMs(this.#startBare);
    const askedAt = performance.now();
    await this.#product.deploy('one', [{ version_id: id, percentage: 100 }]);
    const acknowledgedAt = performance.now();
    let stale = 0;
    while ((await this.#answer()) !== says) stale += 1;
    return { acknowledgedMs: acknowledgedAt - askedAt, firstAnswerMs: performance.now() - acknowledgedAt, stale, bareMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#visitor.destroy();
  }

  async #answer(): Promise<string> {
    const { body, statusCode } = await this.#visitor.request({ path: '/', method: 'GET', headers: { host: this.#product.host('one') } });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`A request was answered ${statusCode}: ${text.slice(0, 200)}`);
    return text;
  }
}

const figuresOf = (name: string, switches: readonly Switch[], mostMs?: number): readonly Figure[] => {
  const bare = { name: 'start of bare workerd', values: switches.map(({ bareMs }) => bareMs) };
  const firstAnswers = switches.map(({ firstAnswerMs }) => firstAnswerMs);
  const answered = besides(`${name}: acknowledged → first answer`, 'ms', firstAnswers, bare, ofEvents);
  const acknowledged = besides(
    `${name}: asked → acknowledged`,
    'ms',
    switches.map(({ acknowledgedMs }) => acknowledgedMs),
    bare,
    ofEvents,
  );
  return [mostMs === undefined ? answered : withAim(answered, atMost(percentile(firstAnswers, 99), mostMs, 'ms p99')), acknowledged];
};

const losses = (switches: readonly Switch[], visitors: PacedVisitors): readonly Figure[] => {
  const stale = switches.reduce((sum, each) => sum + each.stale, 0);
  return [
    { name: 'failed requests', unit: `of ${visitors.sent}`, ours: spreadOf([visitors.failed]), aim: atMost(visitors.failed, 0, '') },
    { name: 'answers by the version left, after the acknowledgement', unit: '', ours: spreadOf([stale]), aim: atMost(stale, 0, '') },
  ];
};
