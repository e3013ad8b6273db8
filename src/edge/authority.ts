const NAME_AND_PORT = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{0,5}))?$/i;
const LAST_PORT = 65_535;

/**
 * Whether a Host is a name or an address, and at most a port. The Worker finds it in `request.url` as it came: behind
 * `hello.example.com:80@evil.test` the edge and the Worker would see two different hosts.
 */
export const isAuthority = (host: string): boolean => {
  const parts = NAME_AND_PORT.exec(host);
  return parts !== null && Number(parts[1] ?? 0) <= LAST_PORT;
};
