import assert from 'node:assert/strict';
import { languageOf, LANGUAGES } from '../../../../src/core/features/language.ts';

const of = (text: string, languageId = ''): string => LANGUAGES[languageOf(text, languageId).index] ?? 'none';

describe('language of a prompt', () => {
  it('is the editor’s, before anything the text says', () => {
    assert.equal(of('Rewrite this python as it should be', 'rust'), 'rust');
    assert.equal(of('', 'typescriptreact'), 'javascript', 'kin share one');
    assert.equal(of('', 'shellscript'), 'shell');
    // For prose, data and languages without an indicator, the text decides.
    assert.equal(of('Fix this\n```go\nx := 1\n```', 'markdown'), 'go');
    assert.equal(of('hello', 'haskell'), 'none');
  });

  it('counts for less where the text is guessed at', () => {
    const [known, guessed] = [languageOf('', 'rust'), languageOf('```rust\n```', '')];
    assert.equal(known.index, guessed.index);
    assert.equal(known.weight, 1);
    assert.ok(guessed.weight > 0 && guessed.weight < 1);
  });

  it('is that of the fenced code, most fences first', () => {
    assert.equal(of('In python this was easy\n```rust\nfn a() {}\n```'), 'rust');
    assert.equal(of('```sh\nls\n```\n```ts\na\n```\n```ts\nb\n```'), 'javascript');
    assert.equal(of('```json\n{}\n```'), 'none');
  });

  it('is the one that is named, and an everyday word is no name', () => {
    assert.equal(of('Write a Python function that reverses a list'), 'python');
    assert.equal(of('What do templates cost in C++?'), 'cpp');
    assert.equal(of('Is C# any better'), 'csharp');
    assert.equal(of('write a go function that sums'), 'go');
    assert.equal(of('JavaScript closures'), 'javascript');
    for (const prose of [
      'How do I go to the swift river and back',
      'Less is more; see the shell on the beach',
      'vitamin c against a cold',
      'the node next to it',
    ]) {
      assert.equal(of(prose), 'none', prose);
    }
  });

  it('is what code without a name looks like', () => {
    const looks: readonly (readonly [string, string])[] = [
      ['python', 'def add(a, b):\n    return a + b'],
      ['python', 'class Account:\n    def __init__(self): self.total = 0'],
      ['rust', 'fn main() {\n    let mut x = 1;\n}'],
      ['go', 'func main() {\n\tx := 1\n}'],
      ['cpp', '#include <stdio.h>\nint main() { return 0; }'],
      ['java', 'public class A { public static void main(String[] a) { } }'],
      ['csharp', 'using System;\nConsole.WriteLine("a");'],
      ['javascript', 'interface A {\n  b: string;\n}'],
      ['javascript', 'const a = require("a");'],
      ['sql', 'SELECT a FROM b WHERE c = 1'],
      ['web', '<div>hello</div>'],
      ['php', '<?php echo $x; ?>'],
      ['shell', '#!/bin/bash\nls -l $HOME'],
    ];
    for (const [language, code] of looks) assert.equal(of(code), language, code);
  });

  it('is none for prose, mathematics and nothing', () => {
    for (const text of ['', ' \n', 'What is f(2) if f(x) = 3x?', 'Tell me a story.', '写一个故事']) {
      assert.equal(of(text), 'none', text);
    }
  });

  it('does not hang on text made to make patterns backtrack', () => {
    for (const text of ['fn a) '.repeat(3000), 'SELECT '.repeat(3000), '<'.repeat(20_000), 'a('.repeat(9000)])
      assert.ok(languageOf(text, '').index >= -1);
  });
});
