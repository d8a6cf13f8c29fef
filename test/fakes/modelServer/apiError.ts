/** An error reply in OpenAI's form. */
export interface ApiError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export const apiError = (
  status: number,
  message: string,
  { type = 'invalid_request_error', param = null, code = null, headers = {} }: ErrorParts = {},
): ApiError => ({ status, headers, error: { message, type, param, code } });

interface ErrorParts {
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export const badRequest = (
  message: string,
  param: string | null = null,
  code: string | null = null,
): ApiError => apiError(400, message, { param, code });

export const modelNotFound = (model: string): ApiError =>
  apiError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    param: 'model',
    code: 'model_not_found',
  });

export const contextLengthExceeded = (contextTokens: number, requested: number): ApiError =>
  badRequest(
    `This model's maximum context length is ${contextTokens} tokens. However, you requested ${requested} tokens. ` +
      'Please reduce the length of the messages or completion.',
    'messages',
    'context_length_exceeded',
  );

/** The key comes back shortened, as from OpenAI: error texts contain a part of the key. */
export const wrongKey = (key: string): ApiError =>
  apiError(401, `Incorrect API key provided: ${key.slice(0, 6)}****${key.slice(-4)}.`, {
    code: 'invalid_api_key',
  });

export const noCredit = apiError(402, 'Insufficient credits. Add more credits to continue.', {
  type: 'insufficient_quota',
  code: 'insufficient_quota',
});

export const forbidden = apiError(403, 'Your project does not have access to this model.', {
  type: 'permission_error',
  code: 'forbidden',
});

export function rateLimited(retryAfter: number | Date | undefined): ApiError {
  const value = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter?.toString();
  return apiError(429, 'Rate limit reached. Please try again later.', {
    type: 'requests',
    code: 'rate_limit_exceeded',
    headers: value === undefined ? {} : { 'retry-after': value },
  });
}

export const serverError = (status: number): ApiError =>
  apiError(status, 'The server had an error while processing your request.', { type: 'server_error' });
