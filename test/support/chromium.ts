import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium as driver, type Browser } from 'playwright-core';

const PACKAGES = join(import.meta.dirname, '..', '..', 'node_modules');

/**
 * Playwright's own flags keep the browser from updating, syncing and reporting. These make what it draws the same on every
 * machine, and keep whatever is left from leaving this one: no name but a local one resolves, and no proxy is asked.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

/** A real Chromium without a window. */
export const launchChromium = async (): Promise<Browser> => {
  const folder = await unpacked();
  return driver.launch({
    executablePath: join(folder, 'chromium'),
    args: FLAGS,
    env: { ...process.env, FONTCONFIG_PATH: join(folder, 'fonts') },
    timeout: 90_000,
  });
};

/**
 * The folder with the program and its fonts, unpacked once for this version of the package. The package itself takes any file of
 * the right name for a whole one, also one that another process is still writing, so each unpacks into a folder of its own and
 * the first to be ready gives its folder the name.
 */
const unpacked = async (): Promise<string> => {
  const home = ownFolder();
  const { version } = JSON.parse(readFileSync(join(PACKAGES, '@sparticuz', 'chromium', 'package.json'), 'utf8')) as { version: string };
  const folder = join(home, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const own = mkdtempSync(join(home, 'unpacking-'));
  try {
    const unpack = "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath();";
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], {
      cwd: dirname(PACKAGES),
      env: { ...process.env, TMPDIR: own },
    });
    writeFileSync(join(own, 'fonts', 'fonts.conf'), FONTS);
    for (const path of [own, join(own, 'chromium')]) chmodSync(path, 0o755);
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder))
      throw new Error(`Chromium of @sparticuz/chromium ${version} could not be unpacked into ${home}.`, { cause: error });
  }
  return folder;
};

/** Beside the packages, where those may be written. */
const ownFolder = (): string => {
  const beside = join(PACKAGES, '.cache', 'chromium');
  try {
    mkdirSync(beside, { recursive: true });
    accessSync(beside, constants.W_OK);
    return beside;
  } catch {
    const mine = join(tmpdir(), `switchback-chromium-${userInfo().username}`);
    mkdirSync(mine, { recursive: true, mode: 0o700 });
    return mine;
  }
};

/** Only the package's own font: a picture does not depend on what this machine has installed. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
