import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { withoutHash } from './hashed-path.ts';
import { replacedPaths } from './replaced.ts';

const pairs = (came: readonly string[], went: readonly string[]): unknown => Object.fromEntries(replacedPaths(came, went));

test('[OV-18] a file whose name differs by its hash alone takes the place of the one before', () => {
  assert.deepEqual(pairs(['/assets/cart.9f31c2ab.js'], ['/assets/cart.41bb07de.js']), {
    '/assets/cart.9f31c2ab.js': '/assets/cart.41bb07de.js',
  });
  assert.deepEqual(pairs(['/a/index-B_x3-k9A.css'], ['/a/index-DqP2x_7Z.css']), { '/a/index-B_x3-k9A.css': '/a/index-DqP2x_7Z.css' });
  assert.deepEqual(pairs(['/img/gift-2026.avif'], ['/img/gift-2025.avif']), {}, 'a year is no hash');
  assert.deepEqual(pairs(['/cart.9f31c2ab.js'], ['/cart.41bb07de.css']), {});
  assert.deepEqual(pairs(['/c.9f31c2ab.js', '/c.00000001.js'], ['/c.41bb07de.js']), {}, 'nobody knows which');
});

test('[OV-18] no path is said to replace two, and none is both', () => {
  const paths = fc.array(fc.constantFrom<string>('/a.11111111.js', '/a.22222222.js', '/b-33333333.js', '/b-44444444.js', '/c.js'));
  fc.assert(
    fc.property(paths, paths, (came, went) => {
      const found = replacedPaths(came, went);
      assert.equal(new Set(found.values()).size, found.size);
      for (const [after, before] of found) {
        assert.ok(came.includes(after) && went.includes(before));
        assert.equal(withoutHash(after), withoutHash(before));
      }
    }),
  );
});
