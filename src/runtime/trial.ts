import { readFile } from 'node:fs/promises';
import { WHOLE, type Handlers, type VersionSpec } from '../domain/index.ts';
import { bareStartCpuMs } from './bare-start.ts';
import { askSocket } from './probe.ts';
import { mapFor, sourceMapped } from './stack.ts';
import { StartFailure } from './start-failure.ts';
import {
  doesNothing,
  inTheVersionsWords,
  listenersIn,
  planTrial,
  readDescription,
  type Description,
  type ExportedClass,
} from './trial-entry.ts';
import { VersionProcess, type ProcessOptions } from './version-process.ts';
import { verifiedModules, type VerifiedModules } from './verified-modules.ts';

export interface TrialOptions extends Omit<ProcessOptions, 'modulePath' | 'plan' | 'observeFolder'> {
  readonly modules: VerifiedModules;
}

export type Trial =
  | (Handlers & {
      readonly ok: true;
      /** CPU milliseconds spent on evaluating the version: those of its start less those of an empty Worker's. */
      readonly startupTimeMs: number;
      readonly classes: readonly ExportedClass[];
    })
  | { readonly ok: false; readonly failure: StartFailure };

const DESCRIBE_WITHIN_MS = 5000;

/**
 * Runs a version once before it may be deployed, away from all traffic and storage: it starts within the limits, its
 * process answers, and it has something to be called by. A failure speaks the version's own words, source-mapped.
 */
export const tryVersion = async (spec: VersionSpec, options: TrialOptions): Promise<Trial> => {
  try {
    const modulePath = await verifiedModules([spec], options.modules);
    const bareCpuMs = await bareStartCpuMs(options);
    await using process = await VersionProcess.start(spec, { ...options, modulePath, plan: planTrial });
    const description = await describe(spec, process, modulePath);
    if (doesNothing(description)) {
      throw new StartFailure('nothing_registered', 'No event handlers were registered. This script does nothing.');
    }
    const { handlers, namedHandlers, classes } = description;
    return { ok: true, startupTimeMs: evaluationMs(process.startupCpuMs, bareCpuMs), handlers, namedHandlers, classes };
  } catch (cause) {
    if (!(cause instanceof StartFailure)) throw cause;
    return { ok: false, failure: await explained(cause, spec, options.modules) };
  }
};

/** Whether two versions of a Worker with Durable Objects start in the one process that a split of them has; on scratch storage. */
export const trySplit = async (
  specs: readonly [VersionSpec, VersionSpec],
  options: TrialOptions,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: StartFailure }> => {
  try {
    const shares = specs.map(({ id }) => ({ versionId: id, share: WHOLE / specs.length }));
    await using _process = await VersionProcess.startSplit(
      { specs, shares },
      { ...options, modulePath: await verifiedModules(specs, options.modules) },
    );
    return { ok: true };
  } catch (cause) {
    if (!(cause instanceof StartFailure)) throw cause;
    return { ok: false, failure: cause };
  }
};

const evaluationMs = (cpuMs: number | undefined, bareCpuMs: number | undefined): number =>
  cpuMs === undefined || bareCpuMs === undefined ? 1 : Math.max(1, Math.round(cpuMs - bareCpuMs));

const describe = async (spec: VersionSpec, process: VersionProcess, modulePath: (digest: string) => string): Promise<Description> => {
  if (spec.syntax === 'service-worker') return listenersIn(await readFile(modulePath(digestOf(spec, spec.mainModule) ?? ''), 'utf8'));
  const answer = await askSocket(process.socketPath, AbortSignal.timeout(DESCRIBE_WITHIN_MS)).catch((cause: unknown) => {
    throw new StartFailure('timed_out', 'The script started, but what it exports could not be read.', { cause });
  });
  const description = readDescription(answer.body);
  if (!description.ok)
    throw new StartFailure('threw', 'The script started, but reading what it exports failed: does an export throw when it is read?');
  return description.value;
};

const explained = async (failure: StartFailure, spec: VersionSpec, modules: VerifiedModules): Promise<StartFailure> => {
  if (failure.kind !== 'threw') return failure;
  const message = await sourceMapped(namedAfterScript(inTheVersionsWords(failure.message), spec), async (name) => {
    const digest = digestOf(spec, mapFor(name, spec));
    if (digest === undefined) return undefined;
    // A map that cannot be read costs the mapping, never the message.
    return modules.verifiedPath(digest).then(
      (path) => readFile(path, 'utf8'),
      () => undefined,
    );
  });
  return new StartFailure(failure.kind, message, { cause: failure });
};

/** workerd calls a service-worker script by the name of its service. */
const namedAfterScript = (message: string, spec: VersionSpec): string =>
  spec.syntax === 'modules' ? message : message.replace(/^( +at )main:/gm, (_, at: string) => `${at}${spec.mainModule}:`);

const digestOf = (spec: VersionSpec, name: string): string | undefined => spec.modules.find((module) => module.name === name)?.digest;
