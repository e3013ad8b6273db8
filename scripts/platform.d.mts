export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly isGlibc: boolean;
}

export function platformRefusal(machine: Machine): string | undefined;
export function thisMachine(): Machine;
export function indispensablePackages(machine: Pick<Machine, 'platform' | 'arch'>): string[];
