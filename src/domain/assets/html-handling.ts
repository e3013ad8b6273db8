import type { HtmlHandling } from './manifest.ts';

/** What a path leads to: the file itself, or the path that is its one right name. */
export type Found = { readonly path: string } | { readonly redirect: string };

type Has = (path: string) => boolean;

/**
 * Which file answers a path, and where else it is to be asked for
 * (https://developers.cloudflare.com/workers/static-assets/routing/advanced/html-handling/): the decisions of Cloudflare's own asset
 * Worker (workers-sdk, packages/workers-shared/asset-worker/src/handler.ts), each line in its order.
 */
export const fileFor = (path: string, handling: HtmlHandling, has: Has): Found | undefined => RULES[handling](path, has, true);

type Rule = (path: string, has: Has, mayRedirect: boolean) => Found | undefined;

/** Redirects to `to` where that leads to `file` and is not a file of its own. */
const redirect = (rule: Rule, file: string, to: string, has: Has, mayRedirect: boolean): Found | undefined => {
  if (!mayRedirect || !has(file) || has(to)) return undefined;
  const found = rule(to, has, false);
  return found !== undefined && 'path' in found && found.path === file ? { redirect: to } : undefined;
};

const exact = (path: string, has: Has): Found | undefined => (has(path) ? { path } : undefined);

const auto: Rule = (path, has, mayRedirect) => {
  const to = (file: string, target: string) => redirect(auto, file, target, has, mayRedirect);
  let found: Found | undefined;
  if (path.endsWith('/index')) {
    const stem = path.slice(0, -'/index'.length);
    found = exact(path, has) ?? to(`${path}.html`, `${stem}/`) ?? to(`${stem}.html`, stem);
  } else if (path.endsWith('/index.html')) {
    const stem = path.slice(0, -'/index.html'.length);
    found = to(path, `${stem}/`) ?? to(`${stem}.html`, stem);
  } else if (path.endsWith('/')) {
    found = exact(`${path}index.html`, has) ?? to(`${path.slice(0, -1)}.html`, path.slice(0, -1));
  } else if (path.endsWith('.html')) {
    const stem = path.slice(0, -'.html'.length);
    found = to(path, stem) ?? to(`${stem}/index.html`, `${stem}/`);
  }
  return found ?? exact(path, has) ?? exact(`${path}.html`, has) ?? to(`${path}/index.html`, `${path}/`);
};

const force: Rule = (path, has, mayRedirect) => {
  const to = (file: string, target: string) => redirect(force, file, target, has, mayRedirect);
  let found: Found | undefined;
  if (path.endsWith('/index')) {
    const stem = path.slice(0, -'/index'.length);
    found = exact(path, has) ?? to(`${path}.html`, `${stem}/`) ?? to(`${stem}.html`, `${stem}/`);
  } else if (path.endsWith('/index.html')) {
    const stem = path.slice(0, -'/index.html'.length);
    found = to(path, `${stem}/`) ?? to(`${stem}.html`, `${stem}/`);
  } else if (path.endsWith('/')) {
    found = exact(`${path}index.html`, has) ?? exact(`${path.slice(0, -1)}.html`, has);
  } else if (path.endsWith('.html')) {
    const stem = path.slice(0, -'.html'.length);
    found = to(path, `${stem}/`) ?? exact(path, has) ?? to(`${stem}/index.html`, `${stem}/`);
  }
  return found ?? exact(path, has) ?? to(`${path}.html`, `${path}/`) ?? to(`${path}/index.html`, `${path}/`);
};

const drop: Rule = (path, has, mayRedirect) => {
  const to = (file: string, target: string) => redirect(drop, file, target, has, mayRedirect);
  let found: Found | undefined;
  if (path === '/index') {
    found = exact(path, has) ?? to('/index.html', '/');
  } else if (path.endsWith('/index')) {
    const stem = path.slice(0, -'/index'.length);
    found = exact(path, has) ?? to(`${stem}.html`, stem) ?? to(`${path}.html`, stem);
  } else if (path === '/index.html') {
    found = to('/index.html', '/');
  } else if (path.endsWith('/index.html')) {
    const stem = path.slice(0, -'/index.html'.length);
    found = to(path, stem) ?? exact(path, has) ?? to(`${stem}.html`, stem);
  } else if (path === '/') {
    found = exact('/index.html', has);
  } else if (path.endsWith('/')) {
    const stem = path.slice(0, -1);
    found = to(`${stem}.html`, stem) ?? to(`${stem}/index.html`, stem);
  } else if (path.endsWith('.html')) {
    const stem = path.slice(0, -'.html'.length);
    found = to(path, stem) ?? to(`${stem}/index.html`, stem);
  }
  return found ?? exact(path, has) ?? exact(`${path}.html`, has) ?? exact(`${path}/index.html`, has);
};

const RULES = {
  'auto-trailing-slash': auto,
  'force-trailing-slash': force,
  'drop-trailing-slash': drop,
  none: exact,
} as const satisfies Record<HtmlHandling, Rule>;
