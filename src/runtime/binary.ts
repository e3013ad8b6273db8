import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux x64': '@cloudflare/workerd-linux-64',
  'linux arm64': '@cloudflare/workerd-linux-arm64',
  'darwin x64': '@cloudflare/workerd-darwin-64',
  'darwin arm64': '@cloudflare/workerd-darwin-arm64',
};

/** Path of the workerd executable for this machine. Throws one sentence that says what is missing. */
export const workerdBinary = (): string => {
  found ??= findBinary();
  return found;
};

let found: string | undefined;

const findBinary = (): string => {
  const platform = `${process.platform} ${process.arch}`;
  const packageName = PACKAGES[platform];
  if (packageName === undefined) {
    throw new Error(`workerd does not run on ${platform}: use Linux with glibc on x64 or arm64, or macOS.`);
  }
  if (process.platform === 'linux' && !hasGlibc()) {
    throw new Error(
      `workerd needs glibc, and this ${platform} machine has another C library (Alpine's musl?): use Debian, Ubuntu or the like.`,
    );
  }
  const binary = installedBinary(packageName);
  if (binary === undefined) throw new Error(`workerd for ${platform} is not installed: run npm ci, which brings ${packageName}.`);
  return binary;
};

const installedBinary = (packageName: string): string | undefined => {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    const binary = join(dirname(manifest), 'bin', 'workerd');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
};

const hasGlibc = (): boolean => {
  // The network part of a report asks the machine's resolver and can take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  const header = (report as { header?: { glibcVersionRuntime?: string } }).header;
  return header?.glibcVersionRuntime !== undefined;
};
