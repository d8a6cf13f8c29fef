import assert from 'node:assert/strict';
import { followExclusions, globsOfScopes } from '../../../../src/app/inline/exclusion.ts';

describe('excluded files', () => {
  it('of a workspace come on top of the user’s', () => {
    const found = { globalValue: ['/private/'], workspaceValue: ['*.gen.ts'], workspaceFolderValue: ['a'] };
    assert.deepEqual(globsOfScopes(found), ['/private/', '*.gen.ts', 'a']);
    assert.deepEqual(globsOfScopes({ globalValue: ['x'], workspaceValue: [] }), ['x']);
    assert.deepEqual(globsOfScopes({ defaultValue: ['d'], workspaceValue: 'garbage' }), ['d']);
    assert.deepEqual(globsOfScopes(undefined), []);
  });

  it('cannot be released by a workspace, but by the user', () => {
    const excluded = (found: Parameters<typeof globsOfScopes>[0]) => {
      const globs = globsOfScopes(found);
      return followExclusions(() => globs)('private/a.ts');
    };
    assert.equal(excluded({ globalValue: ['*.ts'], workspaceValue: ['!private/a.ts', ' !*.ts'] }), true);
    assert.equal(excluded({ globalValue: ['*.ts', '!private/a.ts'] }), false);
  });
});
