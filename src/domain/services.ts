import type { Binding, OpenBinding, ServiceBinding } from './binding.ts';

export const isServiceBinding = (binding: Binding | OpenBinding): binding is ServiceBinding => binding.type === 'service';

/** The bindings that name none of these Workers, which are all there are. */
export const withoutService = (bindings: readonly Binding[], workers: { has(name: string): boolean }): readonly ServiceBinding[] =>
  bindings.filter(isServiceBinding).filter(({ service }) => !workers.has(service));
