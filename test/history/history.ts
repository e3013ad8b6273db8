import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * What was seen of one edge, a JSON line for each event. Times are milliseconds of one monotonic clock: that of the process which made
 * the deployments and the requests. An interval may be longer than what happened within it, never shorter.
 */
export type Line = DeploymentMade | RequestSeen | WorkSeen;

/** A deployment; its lines stand in the order in which the control plane made them. */
export interface DeploymentMade {
  readonly type: 'deployment';
  readonly id: string;
  readonly askedAt: number;
  /** When its answer came; null where that named the edge as late. */
  readonly acknowledgedAt: number | null;
  readonly split: readonly { readonly versionId: string; readonly percentage: number }[];
}

export interface RequestSeen {
  readonly type: 'request';
  readonly id: number;
  /** What it was, for people: a stream, a WebSocket, … */
  readonly kind: string;
  readonly override?: string;
  readonly key?: string;
  readonly beganAt: number;
  /** When the head of its answer came, before which its version was picked; null where none came. */
  readonly answeredAt: number | null;
  readonly endedAt: number;
  /** Each version that some part of the answer names, once. */
  readonly versions: readonly string[];
  /** From which deployment the edge says it picked; where it was asked to say it. */
  readonly deploymentId?: string;
  /** It was promised that work goes on after the answer. */
  readonly promisesWork?: true;
  /** `failed`: no answer of a version. `cut`: one that did not come to its end. */
  readonly fault?: { readonly kind: 'failed' | 'cut'; readonly why: string };
}

/** Work that a request left behind came to its end, in this version. */
export interface WorkSeen {
  readonly type: 'work';
  readonly request: number;
  readonly versionId: string;
}

export interface History {
  readonly deployments: readonly DeploymentMade[];
  readonly requests: readonly RequestSeen[];
  readonly works: readonly WorkSeen[];
}

export const historyOf = (lines: readonly Line[]): History => ({
  deployments: lines.filter((line) => line.type === 'deployment'),
  requests: lines.filter((line) => line.type === 'request'),
  works: lines.filter((line) => line.type === 'work'),
});

/** Reads a recorded run. Throws at the first line that is none, the last one of a recorder that was killed included. */
export const readHistory = async (path: string): Promise<History> => {
  const lines: Line[] = [];
  for await (const text of createInterface({ input: createReadStream(path, 'utf8') })) lines.push(lineFrom(text, lines.length + 1));
  return historyOf(lines);
};

const TYPES: readonly unknown[] = ['deployment', 'request', 'work'] satisfies readonly Line['type'][];

const lineFrom = (text: string, number: number): Line => {
  try {
    const line = JSON.parse(text) as Line; // Our own recorder's; a line of another type is refused here.
    if (TYPES.includes(line.type)) return line;
  } catch {
    // Said below, with the line.
  }
  throw new Error(`Line ${number} of the history is none of ours: ${text.slice(0, 200)}`);
};
