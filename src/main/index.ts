export { readSettings, type ConfigFault, type ConfigSources } from './config.ts';
export { flagOf, SETTING_NAMES, settingOf, variableOf, type SettingName, type Settings } from './settings.ts';
export type { Addresses } from './addresses.ts';
export { launch, type LaunchEvents } from './launcher.ts';
