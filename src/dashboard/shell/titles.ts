const OF_WORKER: Readonly<Record<string, string>> = {
  deployments: 'Deployments',
  versions: 'Versions',
  compare: 'Compare versions',
  logs: 'Logs',
  triggers: 'Triggers',
  settings: 'Settings',
  edit: 'Edit code',
};

const OF_ACCOUNT: Readonly<Record<string, string>> = {
  create: 'Create application',
  observability: 'Observability',
  logpush: 'Logpush',
  audit: 'Audit log',
  tokens: 'Tokens',
  'sign-in': 'Sign in',
};

/** What the window is called by its path: `Deployments, checkout, Switchback`. */
export const titleOf = (path: string): string => {
  const [place = '', name, tab] = path.split('/').filter(Boolean).map(decodeURIComponent);
  const parts =
    place === 'workers' ? [tab === undefined ? undefined : OF_WORKER[tab], name] : [place === '' ? 'Workers' : OF_ACCOUNT[place]];
  return [...parts, 'Switchback'].filter((part) => part !== undefined).join(', ');
};
