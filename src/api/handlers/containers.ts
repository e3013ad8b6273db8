import { accept } from '../../base/index.ts';
import type { containerEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';

export const containers: Handlers<typeof containerEndpoints> = {
  listContainerApplications: async () => accept({ result: [] }),
};
