import { bareStartMs, prepareBare } from '../bare.ts';
import { atMost, besides, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { PacedVisitors } from '../paced.ts';
import { canReadProcesses } from '../processes.ts';
import { Product } from '../product.ts';
import { hello } from '../sources.ts';
import { percentile, spreadOf } from '../spread.ts';
import { until } from '../until.ts';

const TRAFFIC = { rate: 200, connections: 32 };
const MOST_MS = 500;
/** Before the kill and after it, so that what comes around it is seen. */
const REQUESTS_AROUND = 40;

interface Recovery {
  /** From the kill to the end of the first answer to a request that began after it. */
  readonly firstAnswerMs: number;
  /** What the visitor waited who waited longest. */
  readonly longestMs: number;
  readonly sent: number;
  readonly failed: number;
  /** What the bare runtime needs when it is started again by somebody who sees at once that it ended. */
  readonly bareMs: number;
}

export const recovery: Row = {
  name: 'recovery',
  title: `From the SIGKILL of a version's only process to its next answer, ${TRAFFIC.rate} requests/s running`,
  measure: async (run) => {
    if (!canReadProcesses) {
      run.tell('Left out: which process runs a version is known on Linux alone.');
      return [];
    }
    const kills = run.isQuick ? 3 : 30;
    const startBare = prepareBare(hello());
    await using product = await Product.start();
    const recoveries: Recovery[] = [];
    // A Worker each: one that keeps failing is meant to be started more and more slowly.
    for (let at = 0; at < kills; at += 1) {
      if (at % 10 === 0) run.say(`${at} of ${kills} kills`);
      recoveries.push({ ...(await killed(product, `w${at}`)), bareMs: await bareStartMs(startBare) });
    }
    return figuresOf(recoveries);
  },
};

const killed = async (product: Product, name: string): Promise<Omit<Recovery, 'bareMs'>> => {
  const pid = await deployedAlone(product, name);
  await using visitors = new PacedVisitors({ url: product.edgeUrl, host: product.host(name) }, TRAFFIC);
  const more = (requests: number, from = visitors.sent): Promise<void> => until('visitors come', () => visitors.sent >= from + requests);
  await more(REQUESTS_AROUND);
  const killedAt = performance.now();
  process.kill(pid, 'SIGKILL');
  await until(`${name} answers again`, () => answers(product, name));
  const firstAnswerMs = performance.now() - killedAt;
  await more(REQUESTS_AROUND);
  await visitors.stop();
  return { firstAnswerMs, longestMs: Math.max(...visitors.takeLatencies()), sent: visitors.sent, failed: visitors.failed };
};

/** Answers the id of the process that runs it. */
const deployedAlone = async (product: Product, name: string): Promise<number> => {
  const before = product.versionPids();
  await product.deployed(name, hello());
  await product.visit(name);
  // The one that tried the version before it was stored may still be ending.
  const own = (): readonly number[] => product.versionPids().filter((pid) => !before.includes(pid));
  await until(`${name} has one process`, () => own().length === 1);
  return own()[0] ?? 0;
};

const answers = (product: Product, name: string): Promise<boolean> =>
  product.visit(name).then(
    () => true,
    () => false,
  );

const figuresOf = (recoveries: readonly Recovery[]): readonly Figure[] => {
  const firstAnswers = recoveries.map(({ firstAnswerMs }) => firstAnswerMs);
  const bare = { name: 'start of bare workerd', values: recoveries.map(({ bareMs }) => bareMs) };
  const figure = besides('killed → answers again', 'ms', firstAnswers, bare, ofEvents);
  const sum = (of: (recovery: Recovery) => number): number => recoveries.reduce((total, each) => total + of(each), 0);
  return [
    withAim(figure, atMost(percentile(firstAnswers, 99), MOST_MS, 'ms p99')),
    { name: 'longest wait of a visitor', unit: 'ms', ours: ofEvents(recoveries.map(({ longestMs }) => longestMs)) },
    // What was on its way to the process, until the kernel had closed its sockets: it may have been acted on, so it is not sent again.
    { name: 'failed requests', unit: `of ${sum(({ sent }) => sent)}`, ours: spreadOf([sum(({ failed }) => failed)]) },
  ];
};
