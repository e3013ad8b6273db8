import type { DurableObjectClass, VersionSpec } from '../domain/index.ts';

/** The classes of a Worker whose objects live in its process, and where they store. */
export interface ObjectsPlan {
  readonly namespaces: readonly { readonly className: string; readonly uniqueKey: string; readonly enableSql: boolean }[];
  /** In it workerd makes a folder for each namespace, named by its key; without one all is gone with the process. */
  readonly folder: string | undefined;
}

/** The service through which workerd reaches the folder. */
export const OBJECTS = 'objects';

/** Nothing where no object lives: a class that is exported and is no namespace has no storage. */
export const planObjects = ({ durableObjects = [] }: VersionSpec, folder: string | undefined): { readonly objects?: ObjectsPlan } =>
  durableObjects.length === 0 ? {} : { objects: { namespaces: durableObjects.map(namespaceOf), folder } };

/** The key is the namespace's id and nothing of the class or the Worker: a renamed or transferred class keeps its objects. */
const namespaceOf = ({ className, namespaceId, storage }: DurableObjectClass) => ({
  className,
  uniqueKey: namespaceId,
  enableSql: storage === 'sqlite',
});

export const ownsObjects = ({ durableObjects = [] }: Pick<VersionSpec, 'durableObjects'>): boolean => durableObjects.length > 0;

export const namespacesOf = ({ durableObjects = [] }: Pick<VersionSpec, 'durableObjects'>): readonly string[] =>
  durableObjects.map(({ namespaceId }) => namespaceId);
