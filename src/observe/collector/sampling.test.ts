import assert from 'node:assert/strict';
import test from 'node:test';
import { isDrawn } from './sampling.ts';

const RAYS = Array.from({ length: 10_000 }, (_, index) => `ray-${index}`);

test('[OB-24] a share of ids is drawn, the same ones each time; of a larger share they are a part', () => {
  for (const share of [0, 0.01, 0.5, 0.9, 1]) {
    const drawn = RAYS.filter((ray) => isDrawn(ray, share));
    assert.ok(Math.abs(drawn.length / RAYS.length - share) < 0.015, `${drawn.length} for ${share}`);
    assert.ok(drawn.every((ray) => isDrawn(ray, Math.min(1, share * 1.1))));
  }
});
