import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ifMatch, json, limits, observability, placement, SCRIPT, shownBinding, usageModel, versionSettings } from './shapes.ts';

/** Settings of the Worker itself: no version has them, so changing them makes none. */
const settingsOfScript = {
  logpush: z.boolean().nullish(),
  observability: observability.nullish(),
  tags: z.array(z.string()).nullish(),
};

const consumers = z.array(z.looseObject({ service: z.string() })).nullish();

const settingsPatch = z.looseObject({ ...versionSettings, ...settingsOfScript, tail_consumers: consumers }).meta({ id: 'SettingsPatch' });

/** What a patch of settings may hold; the rest is named in the answer. */
export const settingsMembers: readonly string[] = Object.keys(settingsPatch.shape);

const scriptSettingsPatch = z
  .looseObject({ ...settingsOfScript, tail_consumers: consumers, streaming_tail_consumers: consumers })
  .meta({ id: 'ScriptSettingsPatch' });

const shownSettingsOfScript = {
  logpush: z.boolean(),
  observability,
  tags: z.array(z.string()),
  tail_consumers: z.array(z.never()),
};

const scriptSettings = z.object(shownSettingsOfScript).meta({ id: 'ScriptSettings' });

const settings = z
  .object({
    bindings: z.array(shownBinding),
    compatibility_date: z.string().optional(),
    compatibility_flags: z.array(z.string()),
    usage_model: usageModel,
    placement: placement.optional(),
    limits: limits.optional(),
    ...shownSettingsOfScript,
  })
  .meta({ id: 'Settings' });

const UNVERSIONED = 'The settings that are not versioned.';
/** Of the settings that versions have. */
export const STATE = 'The newest version and the active deployment, with the settings that are not versioned.';

export const settingsEndpoints = {
  getSettings: {
    method: 'GET',
    path: `${SCRIPT}/settings`,
    tag: 'Scripts',
    summary: 'Settings of the newest version, with all bindings that the next upload can inherit',
    etag: STATE,
    result: settings,
  },
  patchSettings: {
    method: 'PATCH',
    path: `${SCRIPT}/settings`,
    tag: 'Scripts',
    summary: 'Change settings; those that are versioned make a version from each deployed one',
    body: { kind: 'json_or_upload', schema: settingsPatch },
    ...ifMatch(STATE),
    result: settings,
  },
  getScriptSettings: {
    method: 'GET',
    path: `${SCRIPT}/script-settings`,
    tag: 'Scripts',
    summary: 'Settings that are not versioned',
    etag: UNVERSIONED,
    result: scriptSettings,
  },
  patchScriptSettings: {
    method: 'PATCH',
    path: `${SCRIPT}/script-settings`,
    tag: 'Scripts',
    summary: 'Change settings that are not versioned: makes no version',
    body: { kind: 'json_or_upload', schema: scriptSettingsPatch },
    ...ifMatch(UNVERSIONED),
    result: scriptSettings,
  },
  getUsageModel: {
    method: 'GET',
    path: `${SCRIPT}/usage-model`,
    tag: 'Scripts',
    summary: 'The usage model of what serves',
    result: z.object({ usage_model: usageModel }),
  },
  putUsageModel: {
    method: 'PUT',
    path: `${SCRIPT}/usage-model`,
    tag: 'Scripts',
    summary: 'Change the usage model: makes a version from each deployed one',
    body: json(z.looseObject({ usage_model: usageModel })),
    result: z.object({ usage_model: usageModel }),
  },
} as const satisfies Record<string, Endpoint>;
