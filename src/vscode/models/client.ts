/** Requests to VS Code's language models. VS Code reports no usage; the user states the cost of a request. */
import * as vscode from 'vscode';
import { toolInput } from '../../app/chat/answer.ts';
import type {
  ChatMessage,
  ChatRequest,
  MessageContent,
  ModelClient,
  ModelStream,
  ProviderError,
  ProviderErrorKind,
  StreamEvent,
} from '../../app/ports/models.ts';
import type { Arm } from '../../core/arm.ts';

type FindModel = (arm: Arm) => vscode.LanguageModelChat | undefined;

export const vscodeModelClient = (find: FindModel): ModelClient => ({
  chat: (request) => streamOf(({ model, source }) => events(request, model, source), request, find),
  complete: () => failed(failure('bad-request', 'no', 'VS Code’s language models complete no code')),
});

interface Opened {
  readonly model: vscode.LanguageModelChat;
  readonly source: vscode.CancellationTokenSource;
}

/** Failures appear in `failure`; the iteration itself never throws. */
function streamOf(
  run: (opened: Opened) => AsyncGenerator<StreamEvent, void>,
  { arm, signal }: ChatRequest,
  find: FindModel,
): ModelStream {
  const model = find(arm);
  if (!model) return failed(failure('model-gone', 'no', 'VS Code does not offer it any more'));
  let settle: (failed: ProviderError | undefined) => void = () => undefined;
  const promise = new Promise<ProviderError | undefined>((resolve) => (settle = resolve));
  async function* guarded(found: vscode.LanguageModelChat): AsyncGenerator<StreamEvent, void> {
    const source = new vscode.CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    let ended = false;
    try {
      yield* run({ model: found, source });
      ended = true;
      settle(undefined);
    } catch (error) {
      ended = true;
      settle(failureOf(error, signal));
    } finally {
      signal.removeEventListener('abort', cancel);
      if (!ended) cancel();
      source.dispose();
      settle(undefined);
    }
  }
  return { events: guarded(model), failure: promise };
}

async function* events(
  request: ChatRequest,
  model: vscode.LanguageModelChat,
  source: vscode.CancellationTokenSource,
): AsyncGenerator<StreamEvent, void> {
  const { stream } = await model.sendRequest(toMessages(request.messages), optionsOf(request), source.token);
  let empty = true;
  for await (const part of stream) {
    if (part instanceof vscode.LanguageModelTextPart) {
      yield { type: 'text', text: part.value };
    } else if (part instanceof vscode.LanguageModelToolCallPart) {
      const { callId: id, name, input } = part;
      yield { type: 'tool-call', call: { id, name, input: JSON.stringify(input) } };
    } else continue;
    empty = false;
  }
  if (source.token.isCancellationRequested) throw new vscode.CancellationError();
  if (empty) throw new EmptyAnswer();
  yield { type: 'done', usage: undefined, finish: undefined, generationId: undefined };
}

class EmptyAnswer extends Error {}

function optionsOf({ tools, toolChoice }: ChatRequest): vscode.LanguageModelChatRequestOptions {
  const justification = vscode.l10n.t('You added this model to those that PILOT may choose for a prompt.');
  if (!tools?.length) return { justification };
  const { Auto, Required } = vscode.LanguageModelChatToolMode;
  return { justification, tools: [...tools], toolMode: toolChoice === 'required' ? Required : Auto };
}

/** Stable VS Code has no role for instructions, so they are sent first with the user's role. */
const toMessages = (messages: readonly ChatMessage[]): vscode.LanguageModelChatMessage[] =>
  messages.map((message) => {
    const Message = vscode.LanguageModelChatMessage;
    switch (message.role) {
      case 'system':
      case 'user':
        return Message.User(parts(message.content));
      case 'tool':
        return Message.User([
          new vscode.LanguageModelToolResultPart(message.toolCallId, parts(message.content)),
        ]);
      case 'assistant':
        return Message.Assistant([
          ...parts(message.content),
          ...(message.toolCalls ?? []).map(
            (call) => new vscode.LanguageModelToolCallPart(call.id, call.name, toolInput(call) ?? {}),
          ),
        ]);
    }
  });

function parts(content: MessageContent): (vscode.LanguageModelTextPart | vscode.LanguageModelDataPart)[] {
  const list = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return list
    .filter((part) => part.type === 'image' || part.text !== '')
    .map((part) =>
      part.type === 'text'
        ? new vscode.LanguageModelTextPart(part.text)
        : vscode.LanguageModelDataPart.image(Buffer.from(part.base64, 'base64'), part.mediaType),
    );
}

function failureOf(error: unknown, signal: AbortSignal): ProviderError {
  const detail = error instanceof Error ? error.message : String(error);
  if (signal.aborted || error instanceof vscode.CancellationError) return failure('cancelled', 'maybe', '');
  if (error instanceof EmptyAnswer) return failure('empty', 'maybe', '');
  const code = error instanceof vscode.LanguageModelError ? error.code : '';
  // Refused by VS Code itself, or by the model's extension before it called its service.
  const refusals = new Map<string, ProviderErrorKind>([
    [vscode.LanguageModelError.NoPermissions.name, 'forbidden'],
    [vscode.LanguageModelError.NotFound.name, 'model-gone'],
    [vscode.LanguageModelError.Blocked.name, 'no-credit'],
  ]);
  const kind = refusals.get(code);
  return kind ? failure(kind, 'no', detail) : failure('unknown', 'maybe', detail);
}

const failure = (kind: ProviderErrorKind, served: 'no' | 'maybe', detail: string): ProviderError => ({
  kind,
  served,
  status: undefined,
  retryAfterMs: undefined,
  detail: detail.slice(0, 300),
  ...(detail !== '' && { said: detail.slice(0, 300) }),
});

const failed = (error: ProviderError): ModelStream => ({
  events: (async function* () {})(),
  failure: Promise.resolve(error),
});
