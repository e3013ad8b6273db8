import { accept, refuse, type Result } from '../../base/index.ts';
import { preflightOf, type AskSchemas } from '../../control/index.ts';
import type { preflightEndpoints, QueryOf } from '../../contract/index.ts';
import { schemaChangedOn } from '../../data/index.ts';
import { deployedAlone, type Refusal, type RequestedShare } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { preflightView } from '../views/index.ts';

type Query = QueryOf<(typeof preflightEndpoints)['preflightDeployment']>;

const invalid = (fault: string) => refuse({ code: 'request_invalid' as const, faults: [fault] });

/** `<version>@<percentage>`, as wrangler's command line has it; a version alone gets everything. */
const sharesIn = ({ versions, rollback_to: target }: Query): Result<readonly RequestedShare[], Refusal> => {
  if ((versions === undefined) === (target === undefined)) return invalid('query: expected either versions or rollback_to');
  if (versions === undefined) return accept(deployedAlone(target ?? ''));
  const shares: RequestedShare[] = [];
  for (const text of versions.split(',')) {
    const found = /^([^@\s]+)(?:@(\d+(?:\.\d+)?)%?)?$/.exec(text.trim());
    if (found === null) return invalid('query.versions: expected <version>@<percentage>, separated by commas');
    shares.push({ version_id: found[1] ?? '', percentage: Number(found[2] ?? 100) });
  }
  return accept(shares);
};

/** A database that does not answer in time is left out, which is told. */
export const schemasOf =
  (api: Api): AskSchemas =>
  async (databases) => {
    const asked = databases.map(async (database) => [database.id, await schemaChangedOn(api.data, database)] as const);
    const answers = await Promise.allSettled(asked);
    return new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
  };

export const preflights: Handlers<typeof preflightEndpoints> = {
  preflightDeployment: async (api, { params, query }) => {
    const shares = sharesIn(query);
    if (!shares.ok) return shares;
    const report = await preflightOf(api, params.script_name, shares.value, schemasOf(api));
    return report.ok ? accept({ result: preflightView(report.value) }) : report;
  },
};
