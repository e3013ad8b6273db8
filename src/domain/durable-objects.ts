/** How the objects of a class store: SQLite, or the older key-value storage. It never changes. */
export type ObjectStorage = 'sqlite' | 'kv';

/** A class whose objects live, as the process that owns them needs to know it. */
export interface DurableObjectClass {
  readonly className: string;
  /** 32 hex digits, workerd's `uniqueKey`: ids of objects and the place of their storage follow from it. */
  readonly namespaceId: string;
  readonly storage: ObjectStorage;
}
