/**
 * PILOT in VS Code's own Chat: its models in the picker, and the participant `@pilot`. Registered where the host has
 * the interfaces, silently left out elsewhere; the first request loads the code.
 */
import * as vscode from 'vscode';
import { ConversationIds } from '../../app/chat/conversationIds.ts';
import { OpaqueMemory } from '../../app/chat/opaqueMemory.ts';
import type { Disposable } from '../../app/ports/environment.ts';
import { Disposables } from '../kit/disposables.ts';
import type { ChatDeps } from './deps.ts';
import { modelInformation } from './information.ts';
import { VENDOR } from './vendor.ts';

export type { ChatDeps } from './deps.ts';

/** The id in package.json's contribution. */
const PARTICIPANT = 'pilot.chat';

/** The two interfaces, which forks and older versions may lack. */
export interface ChatHost {
  readonly lm?: Partial<typeof vscode.lm>;
  readonly chat?: Partial<typeof vscode.chat>;
}

export function registerChat(deps: ChatDeps, host: ChatHost = vscode): Disposable {
  const registered = new Disposables();
  attempt(deps, 'the models', () => registerModels(deps, host, registered));
  attempt(deps, 'the participant', () => registerParticipant(deps, host, registered));
  return registered;
}

/** A host may have the function and still refuse an unknown contribution. The rest must continue to work. */
function attempt({ log }: ChatDeps, what: string, register: () => void): void {
  try {
    register();
  } catch (error) {
    log.error(`VS Code's Chat does not take ${what} of PILOT`, error);
  }
}

function registerModels(deps: ChatDeps, { lm }: ChatHost, registered: Disposables): void {
  if (!lm?.registerLanguageModelChatProvider) return;
  const changed = registered.add(new vscode.EventEmitter<void>());
  const memory = {
    conversations: new ConversationIds(() => crypto.randomUUID()),
    opaque: new OpaqueMemory(),
  };
  // Compares arms and not their shown information: formatting prices here would load the locale's data.
  const outline = (): string => JSON.stringify(deps.models.arms);
  /** The list that VS Code last received; undefined = it has not asked yet. */
  let told: string | undefined;
  const provider: vscode.LanguageModelChatProvider = {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: async ({ silent }) => {
      told = outline();
      const offered = modelInformation(deps.models.arms);
      // The user opened PILOT's entry in Chat's list of providers without any models: this starts set-up.
      if (offered.length === 0 && !silent) await vscode.commands.executeCommand('pilot.setUpModels');
      return offered.length === 0 && !silent ? modelInformation(deps.models.arms) : offered;
    },
    provideLanguageModelChatResponse: async (model, messages, options, progress, token) => {
      const { respond } = await import('./respond.ts');
      await respond(deps, memory, { model, messages, options, progress, token });
    },
    provideTokenCount: async (_model, text) => (await import('./convert.ts')).tokenCount(text),
  };
  registered.add(lm.registerLanguageModelChatProvider(VENDOR, provider));
  registered.add(
    deps.models.onDidChange(() => {
      const now = outline();
      if (now === told) return;
      told = now;
      changed.fire();
    }),
  );
  // The picker lists a vendor's models only after a first selection of them, which this makes.
  void lm.selectChatModels?.({ vendor: VENDOR }).then(undefined, (error: unknown) => {
    deps.log.error('VS Code could not list the models of PILOT', error);
  });
}

function registerParticipant(deps: ChatDeps, { chat }: ChatHost, registered: Disposables): void {
  if (!chat?.createChatParticipant) return;
  const participant = chat.createChatParticipant(PARTICIPANT, async (request, context, stream, token) => {
    const { answerAsParticipant } = await import('./participant.ts');
    return answerAsParticipant(deps, { request, context, stream, token });
  });
  registered.add(participant);
  participant.iconPath = new vscode.ThemeIcon('circuit-board');
  participant.followupProvider = {
    provideFollowups: async (result) => (await import('./participant.ts')).followupsOf(result),
  };
  registered.add(
    participant.onDidReceiveFeedback(async ({ result, kind }) => {
      const { learnFromThumb } = await import('./participant.ts');
      await learnFromThumb(deps, result, kind);
    }),
  );
}
