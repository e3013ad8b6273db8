import { Pool } from 'undici';
import { reportsSocketIn, watchedPath, type EdgeReportOfUse, type ReportAnswer } from '../../observe/index.ts';

/** An edge's way to the observe process, wherever that is. */
export interface ObserveLink {
  /** Answers once the report is stored. Throws where it was not, and {@link ReportRefused} where it never will be. */
  post(report: EdgeReportOfUse): Promise<ReportAnswer>;
  /** The lines that say what is watched, until they end. */
  watched(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** What was posted is not understood: to post it again would help nobody. */
export class ReportRefused extends Error {
  override readonly name = 'ReportRefused';
}

const ANSWER_WITHIN_MS = 10_000;
/** The observe process says something every 10 s. */
const SILENCE_MS = 30_000;

/** The way to the one on this machine. */
export const localLink = (observeFolder: string, edge: string): ObserveLink => {
  const pool = new Pool('http://observe', {
    connect: { socketPath: reportsSocketIn(observeFolder) },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: SILENCE_MS,
    connections: 2,
  });
  return {
    post: async (report) => {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/reports',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(report),
      });
      const text = await body.text();
      if (statusCode === 200) return JSON.parse(text) as ReportAnswer; // Written by the same release.
      const sentence = `The observe process answered ${statusCode}: ${text.slice(0, 200)}`;
      throw statusCode === 400 ? new ReportRefused(sentence) : new Error(sentence);
    },
    watched: async (signal) => {
      const { statusCode, body } = await pool.request({ method: 'GET', path: watchedPath(edge), signal });
      if (statusCode === 200) return body;
      await body.dump();
      throw new Error(`The observe process answered ${statusCode}.`);
    },
    close: () => pool.destroy(),
  };
};
