export { activityInWords, toolName, type Activity } from './activity.ts';
export { BINDING_NAMES, bindingKind, bindingTarget, isValue, resourceIdOf, type ShownBinding } from './bindings.ts';
export { bytes, count, counted, duration, percentage, perTenThousand, rate, ratePoints } from './numbers.ts';
export { byWhom, changeInWords, storyInWords, storyOfSomebody, triggerInWords, type LastChange, type Story } from './story.ts';
export { ago, clockOf, dayAndClock, dayName, exactly, lasted, offsetName } from './time.ts';
export { errorsVerdict, latencyVerdict, trafficVerdict, type Compared, type Verdict } from './verdicts.ts';
export { readable, reasonOf } from './readable.ts';
