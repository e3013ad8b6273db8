export { readSettings, type ConfigFault, type ConfigSources } from './config.ts';
export { flagOf, SETTING_NAMES, settingOf, variableOf, type SettingName, type Settings } from './settings.ts';
export { launch, type Addresses, type LaunchEvents } from './launcher.ts';
