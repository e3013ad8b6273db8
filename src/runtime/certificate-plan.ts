import type { OpenCertificateBinding, VersionSpec } from '../domain/index.ts';
import type { BindingPlan, ProcessPlan, WorkerPlan } from './plan.ts';

/** A way out by which the version shows a client certificate. It reaches what the version may reach anyway, and nothing else. */
export interface ClientPlan {
  readonly name: string;
  /** In PEM, the one that is shown first. */
  readonly certificates: string;
  /** In PEM. It never stands in the configuration: it is embedded from {@link keyPath} of its place among the plan's clients. */
  readonly privateKey: string;
}

/** Behind stdin, stdout and stderr. */
export const FIRST_EXTRA_DESCRIPTOR = 3;

/** Where workerd finds the key of the so-and-so-manieth client: in a file without a name that is handed over open (see child.ts). */
export const keyPath = (index: number): string => `/dev/fd/${FIRST_EXTRA_DESCRIPTOR + index}`;

export const planCertificate = ({ name, certificate_id, keypair }: OpenCertificateBinding): BindingPlan => ({
  name,
  field: 'service',
  content: { service: keypair === undefined ? GONE.name : clientName(certificate_id) },
});

/** The process with the ways out that its certificates need; two bindings to the same certificate share one. */
export const withCertificates = (plan: ProcessPlan, { bindings }: Pick<VersionSpec, 'bindings'>): ProcessPlan => {
  const bound = bindings.filter((binding) => binding.type === 'mtls_certificate');
  const clients = bound.flatMap(({ certificate_id: id, keypair }) => (keypair === undefined ? [] : [{ name: clientName(id), ...keypair }]));
  const isOneGone = bound.some(({ keypair }) => keypair === undefined);
  return {
    ...plan,
    clients: [...new Map(clients.map((client) => [client.name, client])).values()],
    workers: isOneGone ? [...plan.workers, GONE] : plan.workers,
  };
};

const clientName = (certificateId: string): string => `mtls:${certificateId}`;

/** What a binding reaches whose certificate was deleted by force since. */
const GONE: WorkerPlan = {
  name: 'mtls-gone',
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: {
    modules: [
      {
        name: 'gone.js',
        field: 'esModule',
        content: { inline: `export default { fetch() { throw new Error('The mTLS certificate of this binding was deleted.'); } };\n` },
      },
    ],
  },
  bindings: [],
};
