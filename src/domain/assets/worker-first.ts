const MOST_RULES = 100;
const LONGEST_RULE = 100;

/** Why these are no patterns of `run_worker_first`, as Cloudflare checks them; undefined where they are. */
export const routingFault = (rules: readonly string[]): string | undefined => {
  if (rules.length === 0) return 'it is an empty list';
  if (rules.length > MOST_RULES) return `it holds ${rules.length} rules, and at most ${MOST_RULES} are allowed`;
  const wrong = rules.find((rule) => !/^!?\//.test(rule));
  if (wrong !== undefined) return `${JSON.stringify(wrong.slice(0, LONGEST_RULE))} must begin with "/" or "!/"`;
  const long = rules.find((rule) => rule.length > LONGEST_RULE);
  if (long !== undefined) return `${JSON.stringify(long.slice(0, LONGEST_RULE))}… is longer than ${LONGEST_RULE} characters`;
  return rules.every((rule) => rule.startsWith('!')) ? 'it holds only rules that begin with "!"; at least one must not' : undefined;
};
