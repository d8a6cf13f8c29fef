import type { AskEngine, AskWords } from '../../app/ask/ask.ts';
import type { EditSessionDeps as SessionDeps } from '../../app/edit/ports.ts';
import type { Clock, Log } from '../../app/ports/environment.ts';

/** The dependencies of edits in place, from the composition root. */
export interface EditDeps {
  readonly engine: AskEngine;
  readonly learning: SessionDeps['learning'];
  readonly words: AskWords;
  readonly log: Log;
  readonly clock: Clock;
}
