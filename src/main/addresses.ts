import type { ReadyMessage } from './child.ts';
import type { Settings } from './settings.ts';

/** Where the product answers, as far as this machine runs it. */
export interface Addresses {
  readonly controlUrl?: string;
  readonly subdomain?: string;
  readonly edgeUrl?: string;
  readonly edgeAdminUrl?: string;
}

/** Where the control plane will listen; unknown while it may take any free port. */
export const expectedControlUrl = ({ role, host, controlPort }: Settings): string | undefined => {
  if (role === 'edge' || controlPort === 0) return undefined;
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${reachable}:${controlPort}`;
};

export const withRealPorts = (settings: Settings, message: ReadyMessage): Settings => {
  switch (message.role) {
    case 'control':
      return { ...settings, controlPort: portOf(message.controlUrl), control: message.controlUrl };
    case 'edge':
      return { ...settings, edgePort: portOf(message.edgeUrl), edgeAdminPort: portOf(message.edgeAdminUrl) };
    case 'data':
    case 'observe':
      return settings;
  }
};

const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  return port === '' ? ({ 'http:': 80, 'https:': 443 }[protocol] ?? 0) : Number(port);
};

export const addressesIn = (message: ReadyMessage): Addresses => {
  switch (message.role) {
    case 'control':
      return { controlUrl: message.controlUrl, subdomain: message.subdomain };
    case 'edge':
      return { edgeUrl: message.edgeUrl, edgeAdminUrl: message.edgeAdminUrl };
    case 'data':
    case 'observe':
      return {};
  }
};
