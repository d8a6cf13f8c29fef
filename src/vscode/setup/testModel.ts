import * as vscode from 'vscode';
import { trialOrder } from '../../app/call/orders.ts';
import type { Completion, CompletionEvent } from '../../app/call/routedCompletion.ts';
import type { Arm } from '../../core/arm.ts';
import { cost } from '../kit/format.ts';
import { messageOf } from '../words/messages.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import { pickArm } from './pickers.ts';
import { shownName } from '../kit/armName.ts';
import { showInformation, showWarning, withProgress } from '../kit/notify.ts';
import { locale } from '../kit/locale.ts';

interface TestDeps {
  readonly models: ModelSettings;
  readonly completion?: Completion;
}

const PROMPT = 'In one short sentence: what does a linked list make cheap that an array makes dear?';
const MAX_SAMPLE = 200;

/** Shows latency, price and a sample of one model. */
export async function testModel({ models, completion }: TestDeps, armId: unknown): Promise<void> {
  const arm = await pickArm(models.arms, armId);
  if (!arm || !completion) return;
  const { t } = vscode.l10n;
  const title = t('PILOT: testing {0} …', arm.label);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const result = await withProgress(options, (_progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return measure(completion.run(trialOrder(arm, PROMPT, abort.signal)));
  });
  await show(arm, result);
}

interface TestResult {
  readonly firstWordMs: number | undefined;
  readonly totalMs: number;
  readonly text: string;
  readonly last: CompletionEvent | undefined;
}

async function measure(events: AsyncIterable<CompletionEvent>): Promise<TestResult> {
  const start = performance.now();
  let firstWordMs: number | undefined;
  let text = '';
  let last: CompletionEvent | undefined;
  for await (const event of events) {
    if (event.type === 'text') {
      firstWordMs ??= performance.now() - start;
      text += event.text;
    }
    if (event.type === 'text-was-reasoning') text = '';
    last = event;
  }
  return { firstWordMs, totalMs: performance.now() - start, text, last };
}

async function show(arm: Arm, { firstWordMs, totalMs, text, last }: TestResult): Promise<void> {
  const { t } = vscode.l10n;
  if (last?.type === 'failed') {
    const { text: sentence, ways } = messageOf(last.problem);
    const labels = ways.map(({ label }) => label);
    const picked = await showWarning(sentence, ...labels);
    const way = ways.find(({ label }) => label === picked);
    if (way) await vscode.commands.executeCommand(way.command, ...(way.args ?? []));
    return;
  }
  if (last?.type !== 'ended') return;
  const sample = text.length <= MAX_SAMPLE ? text : `${text.slice(0, MAX_SAMPLE)}…`;
  const seconds = (ms: number) => (ms / 1000).toLocaleString(locale(), { maximumFractionDigits: 2 });
  const label = shownName(arm);
  const report = t(
    '{0}: first word after {1} s, all of it after {2} s, {3}. It said: “{4}”',
    label,
    seconds(firstWordMs ?? totalMs),
    seconds(totalMs),
    cost(last.costNano),
    sample.trim(),
  );
  const another = t('Test Another');
  const picked = await showInformation(report, another);
  if (picked === another) await vscode.commands.executeCommand('pilot.testModel');
}
