import type { EndpointName, Endpoints, ParamsOf } from '../../../src/contract/index.ts';
import type { Call, TestApi } from '../../support/api.ts';

/** The calls that may change something: whatever their method says of them, and is not about what resources hold. */
export type Changing = {
  [Name in EndpointName]: Endpoints[Name] extends { readonly method: 'GET' } | { readonly isContent: true } ? never : Name;
}[EndpointName];

/** Calls on what is stored in resources, of any method that may change it. */
export type OfContent = {
  [Name in EndpointName]: Endpoints[Name] extends { readonly method: 'GET' }
    ? never
    : Endpoints[Name] extends { readonly isContent: true }
      ? Name
      : never;
}[EndpointName];

export type Asked<Name extends EndpointName> = readonly [params: Omit<ParamsOf<Endpoints[Name]>, 'account_id'>, call?: Call<Name>];

/** One call that is done and one that its own rules refuse, in a world that has what they need. */
export interface Change<Name extends EndpointName> {
  readonly done: Asked<Name>;
  readonly refused: Asked<Name>;
}

/** `name` is nobody else's: Workers, zones and resources of the row are called so. */
export type Row<Name extends EndpointName> = (api: TestApi, name: string) => Change<Name> | Promise<Change<Name>>;

export type Rows<Name extends EndpointName> = { readonly [Each in Name]: Row<Each> };
