import { z } from 'zod';
import { LOOKS, STORY_KINDS } from '../domain/index.ts';
import { nothing } from './shapes.ts';

/** What the dashboard's calls say of versions and deployments, in the same words everywhere. */

export const or = <Value extends z.ZodType>(value: Value) => z.union([value, nothing]);

export const look = z
  .enum(LOOKS)
  .describe('Of the latest rollout, settled beside it, served before, left by a rollback, never had traffic; as the deployments tell.')
  .meta({ id: 'VersionLook' });

export const story = z
  .object({
    kind: z.enum(STORY_KINDS),
    version_id: z.string().describe('The version it is about.'),
    number: or(z.number()).describe('null of one that was deleted.'),
    percentage: z.number().describe('Its share since.'),
    percentage_before: z.number(),
    other: or(z.object({ version_id: z.string(), number: or(z.number()) })).describe('What it shares with, or took the place of.'),
    secrets: z.array(z.string()).describe('Of a change of secrets: their names, as the audit log has them.'),
  })
  .meta({ id: 'DeploymentStory', description: 'What a deployment did.' });

/** Who did something, by which client, when. */
export const deed = {
  author: z.string().describe('An e-mail address, or the name of a token that has none.'),
  source: z.string().describe('The client: `wrangler`, `dash`, `api`, `cli`, `terraform`.'),
  at: z.string(),
};

/** Who made a version, what for, and what it gets now. */
export const versionFacts = {
  version_id: z.string(),
  number: z.number(),
  ...deed,
  message: or(z.string()),
  tag: or(z.string()),
  look,
  percentage: or(z.number()).describe('Of the traffic now; null of one that is not in the active deployment.'),
};

export const versionShare = z
  .object({
    version_id: z.string(),
    number: or(z.number()),
    percentage: z.number(),
    look,
    message: or(z.string()),
    tag: or(z.string()),
  })
  .meta({ id: 'VersionShare' });

export const toldDeployment = z
  .object({
    id: z.string(),
    number: z.number().describe('1 for the first of the Worker.'),
    ...deed,
    until: or(z.string()).describe('When another took its place; null of the active one.'),
    message: or(z.string()),
    triggered_by: z.string(),
    rollback_from: or(z.string()),
    story,
    versions: z.array(versionShare),
  })
  .meta({ id: 'ToldDeployment' });

export const reason = z.object({ code: z.number(), message: z.string() });
