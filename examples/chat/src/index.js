import { DurableObject } from 'cloudflare:workers';
import PAGE from './page.html';

/**
 * A room and all who are in it. Between messages the object may be evicted while its WebSockets stay open (hibernation): what it must know
 * of each is attached to the WebSocket, what it must remember is stored.
 */
export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, who TEXT, text TEXT)');
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  fetch(request) {
    const [visitor, ours] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(ours);
    ours.serializeAttachment({ who: new URL(request.url).searchParams.get('as') ?? 'somebody' });
    for (const line of this.latest()) ours.send(JSON.stringify(line));
    return new Response(null, { status: 101, webSocket: visitor });
  }

  webSocketMessage(from, text) {
    const line = { room: this.ctx.id.name, who: from.deserializeAttachment().who, text: String(text).slice(0, 1000) };
    this.ctx.storage.sql.exec('INSERT INTO said (who, text) VALUES (?, ?)', line.who, line.text);
    for (const socket of this.ctx.getWebSockets()) socket.send(JSON.stringify(line));
  }

  webSocketClose(socket, code) {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  latest() {
    const rows = this.ctx.storage.sql.exec('SELECT who, text FROM said ORDER BY id DESC LIMIT 20').toArray();
    return rows.reverse().map((row) => ({ room: this.ctx.id.name, ...row }));
  }
}

/** GET / is the page; /room is the WebSocket of a room, `?as=` the name one goes by. */
export default {
  fetch(request, { ROOMS }) {
    if (request.headers.get('upgrade') !== 'websocket') return new Response(PAGE, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    return ROOMS.getByName(new URL(request.url).pathname.slice(1)).fetch(request);
  },
};
