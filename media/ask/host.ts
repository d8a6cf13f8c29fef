/** The services of the page for a turn and its answers. */
import type { FromWebview, Strings } from '../../src/protocol/ask.ts';

export interface TurnHost {
  readonly strings: Strings;
  readonly post: (message: FromWebview) => void;
  readonly say: (text: string) => void;
  readonly grown: () => void;
}
