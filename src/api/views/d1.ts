import type { Resource } from '../../domain/index.ts';

export interface D1Size {
  readonly tables: number;
  readonly bytes: number;
}

export const listedD1View = ({ id, name, createdOn, settings }: Resource) => ({
  uuid: id,
  name,
  // What Cloudflare calls all but its first, alpha, databases; clients refuse "alpha".
  version: 'production' as const,
  created_at: createdOn,
  jurisdiction: typeof settings['jurisdiction'] === 'string' ? settings['jurisdiction'] : null,
});

export const d1View = (database: Resource, { tables, bytes }: D1Size) => ({
  ...listedD1View(database),
  read_replication: { mode: 'disabled' as const },
  num_tables: tables,
  file_size: bytes,
});
