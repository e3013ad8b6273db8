import { Link } from '@tanstack/react-router';
import { counted } from '../../words/index.ts';
import type { Hosts } from './worker.ts';

/** `checkout.fernhill.example, checkout.switchback.localhost and 2 routes`: what leads to a Worker, the best address first. */
export const HostsLine = ({ name, hosts }: { readonly name: string; readonly hosts: Hosts }) => {
  const [main, also] = addressesOf(hosts);
  const others = othersInWords(hosts, main?.kind);
  return (
    <>
      {[main, also].map(
        (address) =>
          address && (
            <a key={address.url} href={address.url} className="link" target="_blank" rel="noreferrer">
              {address.text}
            </a>
          ),
      )}
      {others !== '' && (
        <Link to="/workers/$name/triggers" params={{ name }} search={{}} className="worker-others">
          {main === undefined ? others : `and ${others}`}
        </Link>
      )}
      {main === undefined && others === '' && 'No address leads to it.'}
    </>
  );
};

interface Address {
  readonly kind: 'domain' | 'workers_dev';
  readonly text: string;
  readonly url: string;
}

/** Its own name stays beside a domain, which may lead nowhere yet. */
const addressesOf = ({ workers_dev: own, domains: [domain] }: Hosts): readonly Address[] => [
  ...(domain === undefined ? [] : [{ kind: 'domain', text: domain, url: besideOwn(domain, own) } as const]),
  ...(own === null ? [] : [{ kind: 'workers_dev', text: new URL(own).host, url: own } as const]),
];

/** A domain is answered where the Worker's own address is: by the same protocol, at the same port. */
const besideOwn = (domain: string, own: string | null): string => {
  if (own === null) return `https://${domain}/`;
  const { protocol, port } = new URL(own);
  return `${protocol}//${domain}${port === '' ? '' : `:${port}`}/`;
};

const othersInWords = ({ domains, routes, crons, queues, callers }: Hosts, shown: Address['kind'] | undefined): string =>
  [
    some(domains.length - (shown === 'domain' ? 1 : 0), 'domain'),
    some(routes.length, 'route'),
    some(crons.length, 'cron trigger'),
    some(queues.length, 'queue'),
    callers.length === 0 ? '' : `called by ${callers.join(', ')}`,
  ]
    .filter(Boolean)
    .join(', ');

const some = (number: number, what: string): string => (number === 0 ? '' : counted(number, what));
