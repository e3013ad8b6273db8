import { accept } from '../../base/index.ts';
import type { compareEndpoints } from '../../contract/index.ts';
import { pairingOf } from '../../control/index.ts';
import { compareSides, type Side, type Version } from '../../domain/index.ts';
import { isUnseen, observedPair, Sketch, type ObservedPair } from '../../observe/index.ts';
import type { Handlers } from '../api.ts';
import { comparisonView } from '../views/index.ts';
import { workerNamed } from './found.ts';

const MINUTE_MS = 60_000;

const sideOf = ({ id }: Version, { versions, exceptions }: ObservedPair): Side => {
  const counted = versions.find(({ versionId }) => versionId === id);
  const sketch = new Sketch();
  if (counted !== undefined) sketch.add(counted.latency);
  // Those that nobody saw are among the errors, and are no exception of the version's.
  const seen = exceptions.filter((group) => !isUnseen(group));
  const thrown = seen.map((group) => ({
    id: group.id,
    name: group.name,
    message: group.message,
    count: group.versions.find(({ versionId }) => versionId === id)?.count ?? 0,
  }));
  return { requests: counted?.requests ?? 0, errors: counted?.errors ?? 0, latency: sketch.buckets(), exceptions: thrown };
};

const versionView = ({ id, number, tag, message }: Version, { requests }: Side) => ({
  version_id: id,
  number,
  tag: tag ?? null,
  message: message ?? null,
  requests,
});

export const comparisons: Handlers<typeof compareEndpoints> = {
  compareVersions: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.name);
    if (!worker.ok) return worker;
    const pairing = await pairingOf(api.store.read, worker.value, query, api.clock.now().getTime());
    if (!pairing.ok) return pairing;
    const { version, baseline, since, until } = pairing.value;
    // What was counted is known by the minute.
    const [from, to] = [Math.floor(since / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
    const observed = await observedPair(api.observe, worker.value.name, from, to, [version.id, baseline.id]);
    const sides = { version: sideOf(version, observed), baseline: sideOf(baseline, observed), windowMs: until - from * MINUTE_MS };
    return accept({
      result: {
        worker: worker.value.name,
        since: new Date(from * MINUTE_MS).toISOString(),
        until: new Date(until).toISOString(),
        version: versionView(version, sides.version),
        baseline: versionView(baseline, sides.baseline),
        ...comparisonView(compareSides(sides)),
      },
    });
  },
};
