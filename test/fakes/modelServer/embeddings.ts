/** Embeddings of the fake: a bag of words hashed into a unit vector, so similar texts are close. */
import { type ApiError, badRequest, modelNotFound } from './apiError.ts';
import { findFault, isRecord } from './fields.ts';
import type { FakeModel } from './model.ts';
import { countTokens } from './tokens.ts';

export interface Embedded {
  readonly model: FakeModel;
  readonly inputTokens: number;
  readonly body: object;
}

export function embed(body: unknown, models: readonly FakeModel[]): Embedded | ApiError {
  if (!isRecord(body)) return badRequest('We could not parse the JSON body of your request.');
  const fault = findFault('embedding', body, []);
  if (fault !== undefined) return badRequest(fault.message, fault.param);
  const model = models.find(({ id }) => id === body['model']);
  if (model?.embeddingDimensions === undefined) return modelNotFound(String(body['model']));
  const dimensions = Number(body['dimensions'] ?? model.embeddingDimensions);
  if (dimensions > model.embeddingDimensions) return badRequest('dimensions is too large.', 'dimensions');

  const inputs = [body['input']].flat().map(String);
  const inputTokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  const data = inputs.map((input, index) => {
    const vector = embedText(input, dimensions);
    const embedding =
      body['encoding_format'] === 'base64'
        ? Buffer.from(vector.buffer).toString('base64')
        : Array.from(vector);
    return { object: 'embedding', index, embedding };
  });
  const usage = { prompt_tokens: inputTokens, total_tokens: inputTokens };
  return { model, inputTokens, body: { object: 'list', data, model: model.id, usage } };
}

export function embedText(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const hash = hashOf(word);
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + (hash & 0x10000 ? 1 : -1);
  }
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => value / norm);
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
