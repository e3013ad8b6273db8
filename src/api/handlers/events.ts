import { accept } from '../../base/index.ts';
import type { eventEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';

/** A proxy that keeps events back until it has enough of them would make them late (nginx). */
const UNBUFFERED = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

export const events: Handlers<typeof eventEndpoints> = {
  watchEvents: async (api, { token, session }) => {
    const opened = await api.events.open(token, session);
    if (!opened.ok) return opened;
    const { body, cut } = opened.value;
    return accept({ result: null, raw: new Response(body, { headers: UNBUFFERED }), cut });
  },
};
