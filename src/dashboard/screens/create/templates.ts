export interface Template {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** What a Worker made of it is called where nobody says otherwise. */
  readonly called: string;
  readonly code: string;
  /** What of the upload's metadata the code needs beside its entry. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

const HELLO_WORLD = `export default {
  async fetch(request, env, ctx) {
    return new Response("Hello World!");
  },
};
`;

const COUNTER = `import { DurableObject } from "cloudflare:workers";

export default {
  async fetch(request, env) {
    const count = await env.COUNTERS.getByName("visits").increment();
    return new Response(\`\${count}\\n\`);
  },
};

export class Counter extends DurableObject {
  async increment() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}
`;

export const TEMPLATES: readonly [Template, ...Template[]] = [
  {
    id: 'hello-world',
    name: 'Hello World',
    about: 'Answers every request with a line of text.',
    called: 'hello-world',
    code: HELLO_WORLD,
    metadata: {},
  },
  {
    id: 'counter',
    name: 'Counter',
    about: 'Counts its visits in a Durable Object, which keeps them through restarts and deployments.',
    called: 'counter',
    code: COUNTER,
    metadata: {
      bindings: [{ type: 'durable_object_namespace', name: 'COUNTERS', class_name: 'Counter' }],
      migrations: { new_tag: 'v1', steps: [{ new_sqlite_classes: ['Counter'] }] },
    },
  },
];

export const ENTRY = 'worker.js';
