import assert from 'node:assert/strict';
import fc from 'fast-check';
import { localeFor } from '../../../../src/app/settings/locale.ts';

describe('the locale of numbers and dates', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['en', 'de-DE', 'en'],
    ['de', 'en-US', 'de'],
    ['zh-cn', 'en-US', 'zh-CN'],
    // The machine's locale has the variant of the language.
    ['en', 'en-GB', 'en-GB'],
    ['de', 'de-CH', 'de-CH'],
    ['zh-cn', 'zh-SG', 'zh-SG'],
    // Another script is another locale.
    ['zh-tw', 'zh-CN', 'zh-TW'],
    ['pt_BR', 'en-US', 'pt-BR'],
    ['not a language', 'en-GB', 'en-GB'],
    ['', 'en-GB', 'en-GB'],
  ];
  for (const [shown, machine, expected] of cases) {
    it(`of VS Code in "${shown}" on a machine in ${machine} is ${expected}`, () => {
      assert.equal(localeFor(shown, machine), expected);
    });
  }

  it('is one that Intl takes, whatever the display language is called', () => {
    fc.assert(
      fc.property(fc.string(), (shown) => {
        assert.notEqual((1234.5).toLocaleString(localeFor(shown, 'en-US')), '');
      }),
    );
  });

  it('makes the numbers of a German sentence German', () => {
    assert.equal((1234.5).toLocaleString(localeFor('de', 'en-US')), '1.234,5');
    assert.equal((1234.5).toLocaleString(localeFor('en', 'de-DE')), '1,234.5');
  });
});
