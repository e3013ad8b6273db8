import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aDeployment } from '../../test/support/builders.ts';
import { listedDeployments, LISTED_DEPLOYMENTS, standsAlone, type Deployment } from './deployment.ts';

/** Newest first, numbered from the oldest; each said by whether it gives all traffic to one version. */
const latest = (...areAlone: boolean[]): Deployment[] =>
  areAlone.map((isAlone, age) => aDeployment(100 - age, { shares: isAlone ? [100] : [90, 10] }));

const STABLE = aDeployment(1);
const ramp = (steps: number): boolean[] => Array.from({ length: steps }, () => false);

test('[D-10] the list reaches back to the last deployment at 100 % when none of the ten latest is one', () => {
  const shown = latest(...ramp(LISTED_DEPLOYMENTS));
  assert.deepEqual(listedDeployments(shown, STABLE), [...shown, STABLE]);
});

test('[D-10] the active deployment at 100 % is no target to go back to, so the list still reaches back', () => {
  const shown = latest(true, ...ramp(9));
  assert.deepEqual(listedDeployments(shown, STABLE), [...shown, STABLE]);
});

test('[D-10] one earlier deployment at 100 % among the ten latest is enough', () => {
  const shown = latest(...ramp(9), true);
  assert.deepEqual(listedDeployments(shown, STABLE), shown);
});

test('[D-10] where nothing ever stood at 100 % there is nothing to add', () => {
  const shown = latest(...ramp(10));
  assert.deepEqual(listedDeployments(shown, undefined), shown);
  assert.deepEqual(listedDeployments([], undefined), []);
});

test('[D-10] an earlier deployment at 100 % is always among those shown where there is one', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (areAlone) => {
      const log = latest(...areAlone);
      const [shown, older] = [log.slice(0, LISTED_DEPLOYMENTS), log.slice(LISTED_DEPLOYMENTS)];
      const listed = listedDeployments(shown, older.find(standsAlone));
      assert.deepEqual(listed.slice(0, LISTED_DEPLOYMENTS), shown);
      assert.ok(listed.length <= LISTED_DEPLOYMENTS + 1);
      assert.equal(listed.slice(1).some(standsAlone), log.slice(1).some(standsAlone));
    }),
  );
});

test('a deployment stands alone when one version has all of the traffic', () => {
  assert.equal(standsAlone(aDeployment(1, { shares: [100] })), true);
  assert.equal(standsAlone(aDeployment(1, { shares: [0, 100] })), true);
  assert.equal(standsAlone(aDeployment(1, { shares: [50, 50] })), false);
});
