import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { ProcessReport, VersionSpec } from '../domain/index.ts';
import type { SupervisorSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';
import type { RunningVersion } from './version-process.ts';
import { ask, aWorkbench, type Workbench } from './workbench.ts';

/** For tests: a supervisor of versions that are added. */
export interface World {
  readonly bench: Workbench;
  readonly supervisor: Supervisor;
  readonly log: string[];
  readonly loads: string[];
  /** A version of this source, known to the supervisor; answers its id. */
  add(source: string, more?: Partial<VersionSpec>): Promise<string>;
  report(versionId: string): ProcessReport | undefined;
}

/** Short times, so that tests wait for what happens and not for clocks. */
const QUICK: Partial<SupervisorSettings> = { watchMs: 20, waitUntilGraceMs: 0, drainDeadlineMs: 2000, killAfterMs: 1000 };

export const aWorld = async (t: TestContext, settings: Partial<SupervisorSettings> = {}): Promise<World> => {
  const bench = await aWorkbench(t);
  const specs = new Map<string, VersionSpec>();
  const log: string[] = [];
  const loads: string[] = [];
  const supervisor = new Supervisor({
    runtimeDir: bench.runtimeDir,
    modules: bench.store,
    settings: { ...QUICK, ...settings },
    loadSpec: async (versionId) => {
      loads.push(versionId);
      const spec = specs.get(versionId);
      if (spec === undefined) throw new Error(`There is no version ${versionId}.`);
      return spec;
    },
    log: ({ message }) => log.push(message),
    onChange: () => undefined,
  });
  t.after(() => supervisor.close({ deadlineMs: 0, waitUntilGraceMs: 0, killAfterMs: 0 }));
  const add = async (source: string, more: Partial<VersionSpec> = {}): Promise<string> => {
    const spec = await bench.aVersion({ 'index.js': source }, { id: randomUUID(), ...more });
    specs.set(spec.id, spec);
    return spec.id;
  };
  return { bench, supervisor, log, loads, add, report: (versionId) => supervisor.states().find((each) => each.versionId === versionId) };
};

/** One request, counted as an edge would. */
export const served = async (version: RunningVersion, path = '/'): Promise<string> => {
  version.enter('request');
  try {
    const answer = await ask(version.socketPath, path);
    version.heard();
    return answer;
  } finally {
    version.leave('request');
  }
};
