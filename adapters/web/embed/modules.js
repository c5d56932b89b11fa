/**
 * Tells by its exit code whether `node_modules` is what `package-lock.json` asks for: 0 if it is, 3 if not.
 *
 * npm notes what it has installed in `node_modules/.package-lock.json`, last of all. Times of files would say less: a
 * checkout makes every file new.
 */
import { readFileSync } from 'node:fs';

const asked = packages('package-lock.json');
const installed = packages('node_modules/.package-lock.json');
process.exit(installed !== null && isInstalled() ? 0 : 3);

function packages(file) {
  try {
    const { '': _root, ...rest } = JSON.parse(readFileSync(file, 'utf8')).packages;
    return rest;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isInstalled() {
  const isComplete = Object.entries(asked).every(([path, wanted]) => {
    const found = installed[path];
    // What is optional is for another platform, if it is missing.
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
  return isComplete && Object.keys(installed).every((path) => path in asked);
}
