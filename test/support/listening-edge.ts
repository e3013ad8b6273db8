import type { EdgeFeed, Publisher } from '../../src/control/index.ts';
import { tableAfter, type FeedMessage, type RoutingTable } from '../../src/domain/index.ts';

/** What an edge would serve from: it follows the feed, confirms every generation at once and has every version ready. */
export interface ListeningEdge {
  table(): RoutingTable;
}

export const aListeningEdge = async (publisher: Publisher, feed: EdgeFeed): Promise<ListeningEdge> => {
  let table: RoutingTable = { generation: -1, hosts: { domains: [], subdomain: '', routes: [], customDomains: [] }, workers: [] };
  const ready = new Set<string>();
  const report = (): void =>
    feed.report({
      edge: 'listening',
      generation: table.generation,
      url: 'http://127.0.0.1:8080',
      processes: [...ready].map((versionId) => ({ versionId, script: '', state: 'ready', restarts: 0 })),
    });
  const hear = (message: FeedMessage): void => {
    if (message.type === 'table') table = message.table;
    if (message.type === 'warm') for (const id of message.versionIds) ready.add(id);
    if (message.type === 'change') {
      const next = tableAfter(table, message.change);
      if (next === undefined) throw new Error(`the feed left out what comes before generation ${message.change.generation}`);
      table = next;
    }
    report();
  };
  await publisher.join('listening', hear);
  return { table: () => table };
};
