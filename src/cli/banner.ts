import { styled } from './terminal.ts';

export interface BannerFacts {
  readonly executable: string;
  readonly data: string;
  readonly baseDomain: string;
  readonly controlUrl?: string;
  readonly subdomain?: string;
  readonly edgeUrl?: string;
  readonly edgeAdminUrl?: string;
  /** Opens the dashboard, once. */
  readonly signInUrl?: string;
}

/** What `start` prints once: where everything is, and lines to paste as they are. */
export const banner = (facts: BannerFacts): string => {
  const { controlUrl, edgeUrl, edgeAdminUrl, signInUrl, data, executable } = facts;
  const places = [
    ['API', controlUrl],
    ['Workers', edgeUrl === undefined ? undefined : workerPattern(facts, edgeUrl)],
    ['Edge', edgeUrl],
    ['Health', edgeAdminUrl === undefined ? undefined : `${edgeAdminUrl}/readyz`],
    ['Data', data],
  ].filter(([, place]) => place !== undefined);
  const paste = [
    ['Link a Worker’s project, once, so that wrangler in it deploys here:', 'link'],
    ['Or deploy it straight away:', 'wrangler deploy'],
    ['See what runs:', 'status'],
  ].flatMap(([what, command]) => [`  ${what}`, `    ${styled('bold', `${executable} ${command}`)}`]);
  const dashboard =
    signInUrl === undefined
      ? []
      : ['  Open the dashboard; this link signs in once, within 10 minutes:', `    ${styled('bold', signInUrl)}`];
  return ['', styled('bold', 'Switchback is running.'), '', ...places.map(([name = '', place]) => `  ${name.padEnd(8)} ${place}`), '']
    .concat(dashboard)
    .concat(controlUrl === undefined ? [] : [...paste, ''])
    .join('\n');
};

const workerPattern = ({ baseDomain, subdomain }: BannerFacts, edgeUrl: string): string => {
  const { protocol, port } = new URL(edgeUrl);
  return `${protocol}//<worker>.${subdomain ?? '<subdomain>'}.${baseDomain}${port === '' ? '' : `:${port}`}`;
};
