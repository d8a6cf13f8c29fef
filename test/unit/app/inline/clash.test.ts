import assert from 'node:assert/strict';
import { ClashWatch, rivalsOf } from '../../../../src/app/inline/clash.ts';
import type { Rival } from '../../../../src/app/inline/clash.ts';
import { FakeClock, settled } from './harness.ts';

const namesWith = (extension: string, settings: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  rivalsOf({ has: (id) => id === extension, setting: (key) => settings[key] }).map(({ name }) => name);

describe('other extensions that suggest code', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string | undefined])[] = [
    ['github.copilot', {}, 'GitHub Copilot'],
    ['github.copilot-chat', { 'github.copilot.enable': { '*': true, markdown: false } }, 'GitHub Copilot'],
    ['github.copilot-chat', { 'github.copilot.enable': { '*': false, markdown: false } }, undefined],
    ['github.copilot-chat', { 'github.copilot.enable': { '*': false, python: true } }, 'GitHub Copilot'],
    ['continue.continue', { 'continue.enableTabAutocomplete': true }, 'Continue'],
    ['continue.continue', { 'continue.enableTabAutocomplete': false }, undefined],
    ['google.geminicodeassist', { 'geminicodeassist.inlineSuggestions.enableAuto': 'off' }, undefined],
    [
      'google.geminicodeassist',
      { 'geminicodeassist.inlineSuggestions.enableAuto': 'on' },
      'Gemini Code Assist',
    ],
    ['tabbyml.vscode-tabby', { 'tabby.inlineCompletion.triggerMode': 'manual' }, undefined],
    ['tabbyml.vscode-tabby', { 'tabby.inlineCompletion.triggerMode': 'automatic' }, 'Tabby'],
    ['codeium.codeium', { 'codeium.enableConfig': null }, 'Windsurf'],
    ['ms-python.python', {}, undefined],
  ];
  for (const [extension, settings, expected] of cases) {
    it(`${extension} ${JSON.stringify(settings)}: ${expected ?? 'none'}`, () =>
      assert.deepEqual(namesWith(extension, settings), expected === undefined ? [] : [expected]));
  }
});

/** An editor in which extensions appear and disappear; what was reported persists over windows. */
class Editor {
  readonly clock = new FakeClock();
  readonly installed = new Set<string>();
  readonly settings: Record<string, unknown> = {};
  readonly told: string[] = [];
  readonly errors: string[] = [];
  isOn = true;
  stored: unknown;
  #open: PromiseWithResolvers<undefined> | undefined;

  readonly window = (): ClashWatch =>
    new ClashWatch({
      timers: this.clock,
      log: { info: () => undefined, warn: () => undefined, error: (line) => void this.errors.push(line) },
      has: (id) => this.installed.has(id),
      setting: (key) => this.settings[key],
      isOn: () => this.isOn,
      told: { load: () => this.stored, save: (names) => (this.stored = structuredClone(names)) },
      tell: (rival: Rival) => {
        assert.equal(this.#open, undefined, 'one notice at a time');
        this.told.push(rival.name);
        this.#open = Promise.withResolvers();
        return this.#open.promise;
      },
    });

  async answer(error?: Error): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (error === undefined) open?.resolve(undefined);
    else open?.reject(error);
    await settled();
  }

  /** The window was closed with the notice in it. */
  close(window: ClashWatch): ClashWatch {
    window.dispose();
    this.#open = undefined;
    return this.window();
  }
}

describe('the notice of a rival', () => {
  it('comes when the rival comes, and once', async () => {
    const editor = new Editor();
    let window = editor.window();
    window.check();
    assert.deepEqual(editor.told, []);
    editor.installed.add('continue.continue');
    window.check();
    window.check();
    assert.deepEqual(editor.told, ['Continue']);
    await editor.answer();
    window.check();
    window = editor.close(window);
    window.check();
    assert.deepEqual(editor.told, ['Continue']);
  });

  it('comes again in the next window where this one closed before it could be read', async () => {
    const editor = new Editor();
    editor.installed.add('continue.continue');
    let window = editor.window();
    window.check();
    await editor.clock.advance(1000);
    window = editor.close(window);
    window.check();
    assert.deepEqual(editor.told, ['Continue', 'Continue']);
    await editor.clock.advance(20_000);
    window = editor.close(window);
    window.check();
    assert.equal(editor.told.length, 2, 'it stood there long enough, answered or not');
    assert.equal(editor.clock.pending, 0, 'no timer outlives its window');
  });

  it('comes when PILOT or the rival is switched on, not while either is off', () => {
    const editor = new Editor();
    editor.installed.add('continue.continue');
    editor.isOn = false;
    const window = editor.window();
    window.check();
    editor.isOn = true;
    editor.settings['continue.enableTabAutocomplete'] = false;
    window.check();
    assert.deepEqual(editor.told, []);
    editor.settings['continue.enableTabAutocomplete'] = true;
    window.check();
    assert.deepEqual(editor.told, ['Continue']);
  });

  it('comes for each rival, one after the other, as long as PILOT stays on', async () => {
    const editor = new Editor();
    for (const id of ['continue.continue', 'tabnine.tabnine-vscode', 'sourcegraph.cody-ai'])
      editor.installed.add(id);
    editor.window().check();
    await editor.answer();
    assert.deepEqual(editor.told, ['Continue', 'Tabnine']);
    editor.isOn = false;
    await editor.answer();
    assert.deepEqual(editor.told, ['Continue', 'Tabnine']);
    assert.deepEqual(editor.stored, ['Continue', 'Tabnine']);
  });

  it('that fails is logged, and not tried over and over', async () => {
    const editor = new Editor();
    editor.installed.add('continue.continue');
    const window = editor.window();
    window.check();
    await editor.answer(new Error('no window'));
    window.check();
    assert.deepEqual(editor.errors, ['The notice of Continue failed']);
    assert.deepEqual(editor.told, ['Continue']);
  });

  for (const stored of [true, 'Continue', { 0: 'Continue' }, [1, null]]) {
    it(`takes stored nonsense for nothing told: ${JSON.stringify(stored)}`, () => {
      const editor = new Editor();
      editor.stored = stored;
      editor.installed.add('continue.continue');
      editor.window().check();
      assert.deepEqual(editor.told, ['Continue']);
    });
  }
});
