/**
 * Builds a client while one environment variable is absent. The packages add the headers of OPENAI_CUSTOM_HEADERS or
 * ANTHROPIC_CUSTOM_HEADERS in their constructors, without an option against it (and throw if one is malformed). The
 * constructor is synchronous, so no other code runs without the variable.
 */
export function withoutVariable<T>(name: string, build: () => T): T {
  const value = process.env[name];
  if (value === undefined) return build();
  Reflect.deleteProperty(process.env, name);
  try {
    return build();
  } finally {
    process.env[name] = value;
  }
}
