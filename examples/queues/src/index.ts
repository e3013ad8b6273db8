interface Message {
  readonly id: string;
  readonly body: { readonly task: string };
  readonly attempts: number;
  ack(): void;
  retry(): void;
}

interface Env {
  readonly JOBS: { send(body: Message['body']): Promise<unknown> };
  readonly DONE: {
    put(key: string, value: string): Promise<void>;
    list(): Promise<{ readonly keys: readonly { readonly name: string }[] }>;
  };
}

/** `POST /` with a task as its body queues it; `GET /` lists what is done. The task "fail" never is. */
export default {
  async fetch(request: Request, { JOBS, DONE }: Env): Promise<Response> {
    if (request.method === 'POST') {
      await JOBS.send({ task: await request.text() });
      return new Response('Queued\n', { status: 202 });
    }
    const { keys } = await DONE.list();
    return Response.json(keys.map(({ name }) => name));
  },

  async queue({ messages }: { readonly messages: readonly Message[] }, { DONE }: Env): Promise<void> {
    for (const message of messages) {
      if (message.body.task === 'fail') {
        message.retry();
        continue;
      }
      await DONE.put(message.body.task, message.id);
      message.ack();
    }
  },
};
