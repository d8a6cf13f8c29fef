import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inRoot } from '../../../scripts/host/paths.ts';
import { auditL10n } from '../../../scripts/l10n.ts';
import { manifestText } from '../../../scripts/l10n/manifest.ts';
import { sourceStrings, stringsOf } from '../../../scripts/l10n/source.ts';

describe('l10n', () => {
  it('is complete in every language (`npm run l10n` brings the files in line)', () => {
    assert.deepEqual(auditL10n(), []);
  });

  it('has US English, with the words of the interface and without those of the code', () => {
    const manifest = JSON.parse(readFileSync(inRoot('package.nls.json'), 'utf8')) as Record<string, string>;
    const texts = [...Object.values(sourceStrings(inRoot('src')).strings), ...Object.values(manifest)];
    const odd =
      /\b(anew|dear(er|est)?|surfaces?|arms?|holds?|learnt|mend(ed)?|stumbled|(no|any|some)body|any more|shall|\w*(avi|neighb|col)our\w*|towards)\b/i;
    assert.ok(texts.length > 700, `only ${texts.length} texts`);
    assert.deepEqual(
      texts.filter((text) => odd.test(text)),
      [],
    );
  });

  describe('finds strings in sources', () => {
    const check = (source: string, ...expected: string[]): void =>
      assert.deepEqual(stringsOf('a.ts', source), {
        strings: Object.fromEntries(expected.map((key) => [key, key.replace(/\/.*/, '')])),
        faults: [],
      });

    it('by each name the function goes by', () => {
      check("vscode.l10n.t('a')", 'a');
      check("const { t } = vscode.l10n; t('a', 1); t(`b`);", 'a', 'b');
      check("f(t('inner {0}', t('innermost')))", 'inner {0}', 'innermost');
    });

    it('also put together from pieces', () => check("t('a ' + 'b ' + 'c')", 'a b c'));
    it('also with a word to translators, which is part of the key', () =>
      check("t({ message: '{0} {1}', args: [a, b], comment: 'kind' })", '{0} {1}/kind'));
    it('and nothing else', () => check("at('a'); x.t('b'); t; 'c'"));

    it('but not computed ones, which it names', () => {
      const { faults } = stringsOf('a.ts', 'ok();\nt(good ? `a` : text);\nt(`a ${b}`);');
      assert.deepEqual(faults, [
        'a.ts:2: l10n.t needs its text written out',
        'a.ts:3: l10n.t needs its text written out',
      ]);
    });
  });

  describe('finds texts of the manifest', () => {
    const manifest = (contributes: object): object => ({ description: '%d%', contributes });
    const faults = (contributes: object, english: Record<string, string>): readonly string[] =>
      manifestText(manifest(contributes) as never, { d: 'D', ...english }).faults;

    it('that are English only, without text, or of no use', () => {
      assert.deepEqual(faults({ commands: [{ command: 'pilot.a', title: 'Ask' }] }, {}), [
        'package.json: contributes.commands[0].title says "Ask" in English only',
      ]);
      assert.deepEqual(faults({ commands: [{ title: '%a%' }] }, {}), ['package.nls.json: "a" has no text']);
      assert.deepEqual(faults({}, { a: 'A' }), ['package.nls.json: "a" is not used any more']);
    });

    it('in lists, in nested settings, in views, but not in values', () => {
      const property = { enum: ['label'], enumDescriptions: ['One'], default: { description: 'value' } };
      const found = faults(
        { configuration: { properties: { 'pilot.a': property } }, views: { pilot: [{ name: 'Usage' }] } },
        {},
      );
      assert.deepEqual(found, [
        'package.json: contributes.configuration.properties.pilot.a.enumDescriptions[0] says "One" in English only',
        'package.json: contributes.views.pilot[0].name says "Usage" in English only',
      ]);
    });

    it('but lets names be names', () =>
      assert.deepEqual(faults({ commands: [{ category: 'PILOT' }] }, {}), []));
  });
});
