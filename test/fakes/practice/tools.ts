/**
 * Decides when a practice model calls a tool: the request names it in words ("list the dir", "read the file notes.md"),
 * and its result has not arrived yet. The arguments come from the request and from the workspace's path in the prompt.
 */
import { type ChatPrompt, lastUserText } from '../modelServer/model.ts';
import type { FakeTool, FakeToolCall } from '../modelServer/toolCalls.ts';

/** VS Code marks the user's own words with this tag. */
const request = /<userRequest>([\s\S]*)<\/userRequest>/;
const workspaceFolder = /following folders:\s*-\s*(\/\S+)/;
const absolutePath = /(?:^|[\s`'"(-])(\/[\w.@/-]*[\w@])/m;
const fileName = /[\w/-]+\.\w{1,5}\b/;

export function practiceToolCall(prompt: ChatPrompt): FakeToolCall | undefined {
  const { messages, tools = [] } = prompt;
  if (messages.at(-1)?.role === 'tool') return undefined;
  const asked = askedIn(prompt);
  const named = tools.filter(({ name }) => isNamedIn(asked, name));
  const tool = named.toSorted((a, b) => b.name.length - a.name.length)[0];
  return tool && { name: tool.name, input: argumentsFor(tool, prompt) };
}

/** The tools' results since the user's request; undefined = none. */
export function toolResult({ messages }: ChatPrompt): string | undefined {
  const last = messages.at(-1);
  return last?.role === 'tool' ? last.text : undefined;
}

export const askedIn = (prompt: ChatPrompt): string => {
  const text = lastUserText(prompt);
  return request.exec(text)?.[1] ?? text;
};

/** Whether each word of the tool's name begins a word of the request: `list_dir` in "list this directory". */
function isNamedIn(asked: string, tool: string): boolean {
  const words = asked.toLowerCase().match(/[a-z]+/g) ?? [];
  const parts = tool.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  return parts.length > 0 && parts.every((part) => words.some((word) => word.startsWith(part)));
}

function argumentsFor({ parameters }: FakeTool, prompt: ChatPrompt): object {
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  const properties = (parameters['properties'] ?? {}) as Readonly<
    Record<string, { readonly type?: unknown }>
  >;
  return Object.fromEntries(required.map((name) => [name, valueOf(name, properties[name]?.type, prompt)]));
}

function valueOf(name: string, type: unknown, prompt: ChatPrompt): unknown {
  const asked = askedIn(prompt);
  if (type === 'number' || type === 'integer') return /end/i.test(name) ? 20 : 1;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  if (!/path|dir|file|folder/i.test(name)) return asked.trim();
  const everything = prompt.messages.map(({ text }) => text).join('\n');
  const found = absolutePath.exec(asked) ?? workspaceFolder.exec(everything) ?? absolutePath.exec(everything);
  const folder = found?.[1] ?? '/';
  const file = fileName.exec(asked)?.[0];
  return /file/i.test(name) && file !== undefined && !folder.endsWith(file) ? `${folder}/${file}` : folder;
}
