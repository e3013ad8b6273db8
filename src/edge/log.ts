/** What the edge needs of a logger; pino's fits. Facts first, then a sentence for people. */
export interface Log {
  debug(facts: object, sentence: string): void;
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
