/** Calls between the Workers of an edge. */
export { ServiceSocket } from './service-socket.ts';
