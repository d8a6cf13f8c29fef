import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Keybinding {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
  readonly when: string;
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: { keybindings: readonly Keybinding[] };
};

/** Evaluates `a && !b` like VS Code; these keys use nothing else. */
function holds(when: string, context: ReadonlySet<string>): boolean {
  assert.doesNotMatch(when, /\|\||==|=~|\(/);
  return when
    .split('&&')
    .map((each) => each.trim())
    .every((each) => (each.startsWith('!') ? !context.has(each.slice(1)) : context.has(each)));
}

const bound = (command: string, ...context: readonly string[]): boolean => {
  const keys = contributes.keybindings.filter((each) => each.command === command);
  assert.equal(keys.length, 1);
  return keys.every(({ when }) => holds(when, new Set(context)));
};

describe('the keys behind ghost text', () => {
  // Pressed when the suggestion has just gone, a key has its usual effect in VS Code.
  it('move no editor and no window where no suggestion is shown', () => {
    const moving = new Set(['ctrl+alt+right', 'ctrl+alt+left', 'cmd+alt+right', 'cmd+alt+left', 'ctrl+pagedown', 'ctrl+w', 'ctrl+k ctrl+right']); // prettier-ignore
    for (const { key, mac } of contributes.keybindings) {
      assert.ok(!moving.has(key), key);
      assert.ok(mac === undefined || !moving.has(mac), mac);
    }
  });
  const ours = ['pilot.inline.visible', 'inlineSuggestionVisible', 'config.pilot.inline.escape'];

  it('Esc is ours while ours is shown', () => assert.ok(bound('pilot.inline.hide', ...ours)));
  it('Esc is not ours over another extension’s suggestion', () =>
    assert.ok(!bound('pilot.inline.hide', 'inlineSuggestionVisible', 'config.pilot.inline.escape')));
  it('Esc is not ours once the suggestion is gone', () =>
    assert.ok(!bound('pilot.inline.hide', 'pilot.inline.visible', 'config.pilot.inline.escape')));
  it('Esc is not ours where the user has turned that off', () =>
    assert.ok(!bound('pilot.inline.hide', 'pilot.inline.visible', 'inlineSuggestionVisible')));
  it('Esc closes the list of words first', () =>
    assert.ok(!bound('pilot.inline.hide', ...ours, 'suggestWidgetVisible')));

  for (const command of ['pilot.inline.acceptNextWord', 'pilot.inline.acceptNextLine']) {
    it(`${command} only where ours is shown and can be taken`, () => {
      assert.ok(bound(command, ...ours));
      assert.ok(!bound(command, 'inlineSuggestionVisible'));
      assert.ok(!bound(command, ...ours, 'editorReadonly'));
    });
  }
});
