import assert from 'node:assert/strict';
import { dollarsIn } from '../../../../src/app/settings/dollars.ts';

describe('an amount that a person types', () => {
  const check = (text: string, expected: number | undefined): void => {
    it(`${JSON.stringify(text)} is ${expected ?? 'refused'}`, () => assert.equal(dollarsIn(text), expected));
  };
  check('5', 5);
  check(' $5 ', 5);
  check('2.50', 2.5);
  check('2,50', 2.5);
  check('0', 0);
  check('100000', 100_000);
  check('100001', undefined);
  check('-1', undefined);
  check('', undefined);
  check('five', undefined);
  check('1e9', undefined);
  check('1.2.3', undefined);
  check('Infinity', undefined);
});
