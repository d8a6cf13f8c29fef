/**
 * Four simulated models on one local endpoint, for practice: they differ in price, speed and skill, and every surface
 * shows them as simulated. They never reach a real model, and their cost is not real money.
 */
import { type FakeModel, type ModelServer, startModelServer } from './modelServer.ts';
import { type Character, practiceAnswer } from './practice/answers.ts';
import { practiceCompletion } from './practice/completions.ts';
import { practiceCommit } from './practice/commits.ts';
import { practiceEdit } from './practice/edits.ts';
import { practiceToolCall } from './practice/tools.ts';

export { hiddenSkill, practiceModelIds } from './practice/skill.ts';

interface PracticeModel extends Character {
  readonly price: { readonly inputUsdPerMTok: number; readonly outputUsdPerMTok: number };
  readonly cachedInputUsdPerMTok: number;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** Whether it completes code in the middle of a file. */
  readonly completes: boolean;
  readonly callsTools: boolean;
}

export const practiceModels: readonly PracticeModel[] = [
  {
    id: 'practice-swift',
    label: 'Swift (simulated)',
    depth: 1,
    price: { inputUsdPerMTok: 0.1, outputUsdPerMTok: 0.4 },
    cachedInputUsdPerMTok: 0.025,
    firstTokenMs: 120,
    tokensPerSecond: 200,
    contextTokens: 32_000,
    maxOutputTokens: 8_000,
    completes: true,
    callsTools: false,
  },
  {
    id: 'practice-steady',
    label: 'Steady (simulated)',
    depth: 2,
    price: { inputUsdPerMTok: 0.8, outputUsdPerMTok: 4 },
    cachedInputUsdPerMTok: 0.08,
    firstTokenMs: 300,
    tokensPerSecond: 120,
    contextTokens: 128_000,
    maxOutputTokens: 8_000,
    completes: true,
    callsTools: true,
  },
  {
    id: 'practice-scholar',
    label: 'Scholar (simulated)',
    depth: 2,
    price: { inputUsdPerMTok: 3, outputUsdPerMTok: 15 },
    cachedInputUsdPerMTok: 0.3,
    firstTokenMs: 600,
    tokensPerSecond: 80,
    contextTokens: 200_000,
    maxOutputTokens: 16_000,
    completes: true,
    callsTools: true,
  },
  {
    id: 'practice-sage',
    label: 'Sage (simulated)',
    depth: 3,
    price: { inputUsdPerMTok: 15, outputUsdPerMTok: 75 },
    cachedInputUsdPerMTok: 1.5,
    firstTokenMs: 1_200,
    tokensPerSecond: 45,
    contextTokens: 200_000,
    maxOutputTokens: 32_000,
    completes: false,
    callsTools: true,
  },
];

export interface PracticeServerOptions {
  readonly port?: number;
  /** 1: the usual speed of such models; 0: no delay. */
  readonly pace?: number;
}

export const startPracticeServer = ({
  port = 0,
  pace = 1,
}: PracticeServerOptions = {}): Promise<ModelServer> =>
  startModelServer({ port, models: [...practiceModels.map((model) => served(model, pace)), embeddingModel] });

function served(model: PracticeModel, pace: number): FakeModel {
  const { id, price, cachedInputUsdPerMTok, contextTokens, maxOutputTokens, firstTokenMs, tokensPerSecond } =
    model;
  return {
    id,
    price: { ...price, cachedInputUsdPerMTok },
    contextTokens,
    maxOutputTokens,
    simulated: true,
    pace: { firstTokenMs: firstTokenMs * pace, tokenMs: (1000 / tokensPerSecond) * pace },
    answer: (prompt) =>
      prompt.kind === 'code'
        ? practiceCompletion(id, prompt.prefix, prompt.suffix)
        : (practiceEdit(id, prompt) ?? practiceCommit(prompt) ?? practiceAnswer(model, prompt)),
    ...(model.callsTools ? { toolCall: practiceToolCall } : {}),
  };
}

const embeddingModel: FakeModel = {
  id: 'practice-embedding',
  price: { inputUsdPerMTok: 0.02, outputUsdPerMTok: 0 },
  contextTokens: 8_000,
  maxOutputTokens: 1,
  simulated: true,
  embeddingDimensions: 256,
};

export const practiceEndpointId = 'practice';

/** The user settings that make the practice models PILOT's models. */
export function practiceSettings(baseUrl: string): Readonly<Record<string, unknown>> {
  return {
    'pilot.endpoints': [practiceEndpoint(baseUrl)],
    'pilot.models': practiceModels.map(practiceModelSetting),
    'pilot.budget.monthlyLimitUsd': 5,
  };
}

export const practiceEndpoint = (baseUrl: string): object => ({
  id: practiceEndpointId,
  preset: 'custom',
  baseUrl,
  acceptsStreamOptions: true,
  needsKey: false,
  // The practice server obeys its caps, has no hidden reasoning, and stops when its client closes.
  outputCapCoversReasoning: true,
  stopsWhenClosed: true,
  simulated: true,
});

const practiceModelSetting = (model: PracticeModel): object => ({
  endpoint: practiceEndpointId,
  model: model.id,
  label: model.label,
  price: { ...model.price, cachedInputUsdPerMTok: model.cachedInputUsdPerMTok },
  contextTokens: model.contextTokens,
  maxOutputTokens: model.maxOutputTokens,
  capabilities: {
    tools: model.callsTools,
    images: false,
    fim: model.completes ? 'suffix' : 'none',
    reasoning: false,
  },
  simulated: true,
});
