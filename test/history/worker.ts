import { aWorker } from '../support/worker-form.ts';
import type { WorkSeen } from './history.ts';

/** Names its version in every part of every answer: the runtime's own word, which has nothing to do with what the edge says. */
const SOURCE = `
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const stream = (id, chunks, everyMs) => {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at > 0) await wait(everyMs);
      const line = at < chunks ? at + ' ' + id : 'end ' + id;
      controller.enqueue(new TextEncoder().encode(line + '\\n'));
      if (at === chunks) controller.close();
      at += 1;
    },
  });
};

const chat = (id) => {
  const [visitor, own] = Object.values(new WebSocketPair());
  own.accept();
  own.addEventListener('message', ({ data }) => own.send(data + ' ' + id));
  return new Response(null, { status: 101, webSocket: visitor, headers: { 'x-version': id } });
};

const received = async (id, body) => {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return new Response(bytes + ' ' + id + '\\nend ' + id + '\\n', { headers: { 'x-version': id } });
};

export default {
  async fetch(request, { VERSION: { id } }, context) {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name) => Number(searchParams.get(name));
    if (pathname === '/chat') return chat(id);
    if (pathname === '/upload') return received(id, request.body);
    if (pathname === '/later') context.waitUntil(wait(number('ms')).then(() => console.log('work ' + searchParams.get('request') + ' is done')));
    return new Response(stream(id, number('chunks'), number('every')), { headers: { 'x-version': id } });
  },
};
`;

/** The form of one more version; its number makes its code another. */
export const aWitness = (number: number): FormData =>
  aWorker({ code: `// ${number}\n${SOURCE}`, metadata: { bindings: [{ type: 'version_metadata', name: 'VERSION' }] } });

/** What the edge's log tells of work that was promised and done. */
export const worksIn = (log: string): readonly WorkSeen[] =>
  [...log.matchAll(/"versionId":"([^"]+)".*work (\d+) is done/g)].map(([, versionId = '', request]) => ({
    type: 'work',
    request: Number(request),
    versionId,
  }));
