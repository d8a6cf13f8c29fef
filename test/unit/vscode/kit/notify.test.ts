import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { escapedMarkdown, plain } from '../../../../src/vscode/kit/plain.ts';

/** VS Code's search for links in a notification (its linkedText module). */
const links = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

describe('text in notifications', () => {
  it('runs no command from its text', () => {
    const hostile =
      'Fine. [Details](command:workbench.action.terminal.sendSequence?%7B%7D "Look") [a](https://b)';
    assert.match(hostile, links);
    assert.doesNotMatch(plain(hostile), links);
    assert.equal(plain(hostile).replaceAll('\u200b', ''), hostile, 'reads the same');
  });

  it('has no link, whatever it is made of', () => {
    const part = fc.constantFrom('[', ']', '(', ')', 'a', ' ', '"', 'command:x', 'https://a', '\u200b');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => plain(parts.join('')).search(links) < 0),
    );
  });

  it('reaches VS Code through notify.ts only', () => {
    const direct = /window\.(show(Information|Warning|Error)Message|withProgress)\b/;
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && direct.test(readFileSync(`src/${file}`, 'utf8')),
    );
    assert.deepEqual(
      files.map((file) => file.replaceAll('\\', '/')),
      ['vscode/kit/notify.ts'],
    );
  });
});

describe('escapedMarkdown', () => {
  it('leaves words as they are and disarms what could be Markdown', () => {
    assert.equal(escapedMarkdown('Swift (simulated): 8 % · $0.01'), 'Swift \\(simulated\\): 8 % · \\$0.01');
    assert.equal(escapedMarkdown('[a](command:b) <i>'), '\\[a\\]\\(command:b\\) \\<i\\>');
    assert.equal(escapedMarkdown('one\n# two'), 'one \\# two');
  });
});
