/** 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), then mixed, for its high bits differ little between similar names. */
const hashed = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Whether an invocation is sent at this rate: what is sent at one rate is sent at every higher one, by every job. */
export const isSampled = (invocation: string, rate: number): boolean => hashed(invocation) < rate * 2 ** 32;
