import type { ReportAnswer } from '../../observe/index.ts';
import type { ControlClient } from '../control-client.ts';
import { ReportRefused, type ObserveLink } from './observe-link.ts';

/** The way of an edge that runs apart: over its control plane, beside which the observe process is. */
export const remoteLink = (control: Pick<ControlClient, 'observed' | 'watched'>): ObserveLink => ({
  post: async (report) => {
    const { status, text } = await control.observed('report', JSON.stringify(report));
    if (status === 200) return JSON.parse(text) as ReportAnswer; // The control plane is ours.
    const sentence = `The control plane answered ${status} to a report of what was counted.`;
    throw status === 400 ? new ReportRefused(sentence) : new Error(sentence);
  },
  watched: (signal) => control.watched(signal),
  // The connections are the client's, which others use.
  close: () => Promise.resolve(),
});
