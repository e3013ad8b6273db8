// Which machines Switchback runs on. The runtime (workerd) exists for few, and a refusal is better than a crash later.

/** Why this machine cannot run Switchback, in a sentence with the remedy; undefined when it can. */
export function platformRefusal({ platform, arch, nodeVersion, isGlibc }) {
  const major = Number(nodeVersion.replace(/^v/, '').split('.')[0]);
  if (major < 20)
    return `Node ${nodeVersion} is too old to install Switchback: install Node 20 or newer from https://nodejs.org and run this again.`;
  if (platform !== 'linux' && platform !== 'darwin') {
    return `Switchback runs on Linux and macOS, not on ${platform}: use a Linux machine, a virtual machine or WSL 2.`;
  }
  if (arch !== 'x64' && arch !== 'arm64') {
    return `Switchback runs on x64 and arm64 processors, not on ${arch}: its runtime, workerd, does not exist for this one.`;
  }
  if (platform === 'linux' && !isGlibc) {
    return 'Switchback needs a Linux with glibc (Debian, Ubuntu, Fedora, …), because workerd does not run on musl (Alpine): use such an image.';
  }
  if (platform === 'darwin' && major < 24) {
    return `On macOS Switchback needs Node 24 or newer, and this is ${nodeVersion}: install it from https://nodejs.org and run this again.`;
  }
  return undefined;
}

export const thisMachine = () => ({
  platform: process.platform,
  arch: process.arch,
  nodeVersion: process.version,
  isGlibc: process.platform === 'linux' && hasGlibc(),
});

function hasGlibc() {
  // Without this the report resolves the name of every network address, which can take seconds.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}

/** Packages that npm leaves out silently when it cannot fetch them, and without which nothing runs here. */
export function indispensablePackages({ platform, arch }) {
  const workerd = `@cloudflare/workerd-${platform}-${arch === 'x64' ? '64' : arch}`;
  return platform === 'linux' ? [workerd, `node-linux-${arch}`] : [workerd];
}
