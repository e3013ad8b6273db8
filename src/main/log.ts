import { pino, type Logger } from 'pino';

/** One JSON line an event, on stderr: stdout belongs to what commands answer. */
export const openLog = (part: 'control' | 'data' | 'edge' | 'observe'): Logger =>
  pino({ name: part, level: process.env['SWITCHBACK_LOG_LEVEL'] ?? 'warn', base: { part } }, pino.destination({ dest: 2, sync: true }));
