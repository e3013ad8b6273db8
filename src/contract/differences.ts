import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { or, versionFacts } from './history.ts';
import { limits, nothing, placement, shownBinding, usageModel } from './shapes.ts';

const pair = <Value extends z.ZodType>(value: Value) => z.object({ before: value, after: value });
const change = z.enum(['added', 'removed', 'changed']);

const side = z.object(versionFacts).meta({ id: 'ComparedVersion' });

const boundTo = z.object({
  binding: shownBinding,
  resource: or(z.object({ id: z.string(), name: or(z.string()).describe('null where it no longer exists.') })).describe(
    'What a namespace, database, bucket, queue or certificate is called.',
  ),
});

const module = z.object({
  type: z.string().describe('`esm`, `commonjs`, `wasm`, `text`, `data`, `json` or `sourcemap`.'),
  size: z.number(),
  digest: z.string(),
  is_text: z.boolean(),
});

const differences = z
  .object({
    worker: z.string(),
    version: side,
    baseline: side,
    bindings: z.object({
      same: z.number(),
      differing: z.array(z.object({ name: z.string(), change, before: or(boundTo), after: or(boundTo) })).describe('Secrets by name only.'),
    }),
    compatibility_date: or(pair(or(z.string()))).describe('null where it stays; so of the others.'),
    compatibility_flags: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
    usage_model: or(pair(usageModel)),
    limits: or(pair(limits)),
    placement: or(pair(or(placement))),
    main_module: or(pair(z.string())),
    classes: z.object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) }),
    modules: z.object({
      same: z.number(),
      bytes: pair(z.number()).describe('Of what is loaded: source maps are not.'),
      differing: z.array(z.object({ name: z.string(), change, before: or(module), after: or(module) })),
    }),
    assets: z.object({
      same: z.number(),
      differing: z.number().describe('How many files came, went or changed.'),
      files: z
        .array(
          z.object({
            path: z.string(),
            change: z.enum([...change.options, 'replaced']),
            size_before: or(z.number()),
            size: or(z.number()),
            replaces: or(z.string()).describe('The path of the file before, where only a hash in its name is another.'),
          }),
        )
        .describe('The first 500.'),
      settings: z.array(z.object({ name: z.string(), change, before: z.unknown(), after: z.unknown() })).describe('How they are served.'),
    }),
  })
  .meta({ id: 'Differences' });

const listedModule = module
  .extend({ name: z.string(), is_main: z.boolean(), is_readable: z.boolean().describe('It is text, and not too long to be read.') })
  .meta({ id: 'ListedModule' });

const VERSION = '/workers/:name/versions/:version_id' as const;
const tag = 'Overview';

export const differenceEndpoints = {
  getDifferences: {
    method: 'GET',
    path: '/workers/:name/differences',
    tag,
    summary: 'How two versions differ: bindings, configuration, modules and assets',
    query: z.object({
      version: z.string().optional().describe('An id or its first 8 digits. If not given, the newer of those that serve.'),
      baseline: z
        .string()
        .optional()
        .describe('What it is compared with. If not given, the other one that serves, or the one that did before.'),
    }),
    result: differences,
  },
  listModules: { method: 'GET', path: `${VERSION}/modules`, tag, summary: 'The modules of a version', result: z.array(listedModule) },
  getModule: {
    method: 'GET',
    path: `${VERSION}/modules/:module`,
    hasRest: true,
    tag,
    summary: 'The text of one module: at most 2 MiB, and no source map',
    result: nothing,
    raw: 'bytes',
  },
} as const satisfies Record<string, Endpoint>;
