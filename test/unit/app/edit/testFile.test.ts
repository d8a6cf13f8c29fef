import assert from 'node:assert/strict';
import { testFileFor } from '../../../../src/app/edit/testFile.ts';

describe('where tests belong', () => {
  for (const [source, tests, wanted] of [
    ['src/a/cart.ts', [], 'src/a/cart.test.ts'],
    ['src/a/cart.ts', ['src/b/order.spec.ts', 'src/c/x.spec.ts', 'src/c/y.test.ts'], 'src/a/cart.spec.ts'],
    ['src/a/cart.ts', ['src/b/__tests__/order.test.ts'], 'src/a/__tests__/cart.test.ts'],
    ['src/a/cart.ts', ['test/b/order.test.ts', 'test/helpers.ts'], 'test/a/cart.test.ts'],
    ['src/a/cart.ts', ['test/order.test.ts', 'test/x.test.ts'], 'test/cart.test.ts'],
    ['src/a/cart.tsx', ['tests/unit/b/order.test.ts'], 'tests/a/cart.test.tsx'],
    ['src/a/cart.ts', ['test/a/cart.test.ts', 'src/b/x.spec.ts', 'src/c/x.spec.ts'], 'test/a/cart.test.ts'],
    ['shop/cart.py', [], 'shop/test_cart.py'],
    ['shop/cart.py', ['tests/test_order.py'], 'tests/test_cart.py'],
    ['shop/cart.py', ['shop/order_test.py', 'shop/x.py'], 'shop/cart_test.py'],
    ['pkg/cart.go', ['pkg/order_test.go', 'pkg/order.go'], 'pkg/cart_test.go'],
    [
      'src/main/java/shop/Cart.java',
      ['src/test/java/shop/OrderTest.java'],
      'src/test/java/shop/CartTest.java',
    ],
    ['lib/shop/cart.rb', ['spec/shop/order_spec.rb'], 'spec/shop/cart_spec.rb'],
    ['Makefile', ['test/x.test.ts'], 'Makefile.test'],
  ] as const) {
    it(`${source} beside ${tests.length} tests: ${wanted}`, () => {
      assert.equal(testFileFor(source, tests), wanted);
    });
  }
});
