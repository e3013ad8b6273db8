import { useModuleText } from '../../code/module-text.ts';
import type { Side } from './compare.tsx';

export interface Sides {
  readonly worker: string;
  readonly module: string;
  /** Undefined where it does not have the module. */
  readonly baseline: Side | undefined;
  readonly version: Side | undefined;
}

/** The text of one module in both versions. */
export const useTexts = ({ worker, module, baseline, version }: Sides) => ({
  before: useModuleText(worker, baseline?.version_id, module),
  after: useModuleText(worker, version?.version_id, module),
});
