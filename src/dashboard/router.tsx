import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { currentSession } from './api/index.ts';
import { late } from './parts/index.ts';
import { applyTheme, Shell, SignIn, textsOf } from './shell/index.ts';
import { NotFound, PageFailed } from './shell/failures.tsx';
import { Workers } from './screens/workers/index.ts';
import { Overview, WorkerFrame } from './screens/worker/index.ts';

applyTheme();

const root = createRootRoute({ validateSearch: textsOf, component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn });

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    const session = await currentSession();
    if (session === undefined) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } });
    return { session };
  },
  component: () => <Shell session={inside.useRouteContext().session} />,
  errorComponent: PageFailed,
});

const latePage = (load: () => Promise<ComponentType>) => late(load, { what: 'This page did not load.', isPage: true });

const page = (path: string, load: () => Promise<ComponentType>) =>
  createRoute({ getParentRoute: () => inside, path, component: latePage(load), errorComponent: PageFailed });

const worker = createRoute({ getParentRoute: () => inside, path: '/workers/$name', component: WorkerFrame, errorComponent: PageFailed });

const tab = (path: string, load: () => Promise<ComponentType>) =>
  createRoute({ getParentRoute: () => worker, path, component: latePage(load), errorComponent: PageFailed });

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    createRoute({ getParentRoute: () => inside, path: '/', component: Workers, errorComponent: PageFailed }),
    page('/create', async () => (await import('./screens/create/index.ts')).Create),
    page('/workers/$name/edit', async () => (await import('./screens/editor/index.ts')).EditCode),
    page('/workers/$name/compare', async () => (await import('./screens/compare/index.ts')).Compare),
    page('/observability', async () => (await import('./screens/observability/index.ts')).Observability),
    page('/logpush', async () => (await import('./screens/logpush/index.ts')).Logpush),
    page('/audit', async () => (await import('./screens/audit/index.ts')).AuditLog),
    page('/tokens', async () => (await import('./screens/tokens/index.ts')).Tokens),
    worker.addChildren([
      createRoute({ getParentRoute: () => worker, path: '/', component: Overview, errorComponent: PageFailed }),
      tab('deployments', async () => (await import('./screens/deployments/index.ts')).Deployments),
      tab('deployments/$id', async () => (await import('./screens/deployments/index.ts')).OneDeployment),
      tab('versions', async () => (await import('./screens/versions/index.ts')).Versions),
      tab('versions/$id', async () => (await import('./screens/versions/index.ts')).OneVersion),
      tab('logs', async () => (await import('./screens/logs/index.ts')).Logs),
      tab('triggers', async () => (await import('./screens/triggers/index.ts')).Triggers),
      tab('settings', async () => (await import('./screens/settings/index.ts')).Settings),
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  // Plain texts, as everybody else writes them: `?version=42`.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(Object.entries(textsOf(search)) as [string, string][]).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
