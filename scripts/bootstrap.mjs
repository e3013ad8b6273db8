// Installs what is missing and builds the dashboard, so that `npm start` and `npm test` work straight after `git clone`.
//
//     node scripts/bootstrap.mjs [--with-tests]
//
// Runs on the Node the machine happens to have (20 or newer) and on nothing but Node's own modules, because it runs before
// anything is installed. A stamp in node_modules holds the digest of the lock file it was installed from: where it still
// matches there is nothing to do, and only that comparison is paid. Whatever else is needed is loaded after it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const withTests = process.argv.includes('--with-tests');

const targets = [
  { folder: root, what: "Switchback's packages" },
  { folder: join(root, 'test', 'clients'), what: 'the clients the tests drive (old and new wranglers, about 1.2 GB)', onlyForTests: true },
]
  .filter(({ onlyForTests }) => withTests || !onlyForTests)
  .filter(({ folder }) => existsSync(join(folder, 'package-lock.json')))
  .map((target) => Object.assign(target, { stamp: stampOf(target.folder) }));

/** What the folder should have been installed from: its lock, and the platform, since packages with binaries differ by it. */
function stampOf(folder) {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  return `${digest} ${process.platform} ${process.arch}\n`;
}

function isInstalled({ folder, stamp }) {
  try {
    return readFileSync(join(folder, 'node_modules', '.switchback-stamp'), 'utf8') === stamp;
  } catch {
    return false;
  }
}

const missing = targets.filter((target) => !isInstalled(target));
if (missing.length > 0) {
  const { install } = await import('./install.mjs');
  process.exitCode = await install(missing, { root, isInstalled });
}
if (!process.exitCode) {
  const { buildDashboard } = await import('./build-dashboard.mjs');
  process.exitCode = buildDashboard({ mayFail: !withTests });
}
